import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * dist/widget.js is what a shop embeds as a classic script: a small loader (no hash in its name) that imports the
 * widget itself from /assets/ when it is needed. Built as a library, since a page's preloading code is larger than
 * the loader; wrapped, so that none of its names lands in the shop's own scope.
 */
export default defineConfig({
  root: at("."),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: { widget: at("widget/loader.ts") }, formats: ["es"] },
    rolldownOptions: {
      output: {
        minify: true,
        entryFileNames: "widget.js",
        chunkFileNames: "assets/widget-[name]-[hash].js",
        intro: (chunk) => (chunk.isEntry ? "(()=>{" : ""),
        outro: (chunk) => (chunk.isEntry ? "})();" : ""),
      },
    },
  },
});
