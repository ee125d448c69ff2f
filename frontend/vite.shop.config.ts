import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

import { sharedHead } from "./head";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const pages = ["shop", "contact", "case", "chat"];

/** The pages a shopper sees: Preact, no Tailwind, small. */
export default defineConfig({
  root: at("."),
  base: "/",
  plugins: [sharedHead()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    assetsDir: "assets",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(pages.map((name) => [name, at(`${name}.html`)])),
    },
  },
});
