import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { sharedHead } from "./head";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages of staff and of client users: React, one build, shared chunks. */
export default defineConfig({
  root: at("."),
  base: "/",
  plugins: [sharedHead(), react(), tailwindcss()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2022",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { console: at("console.html"), portal: at("portal.html") },
    },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: "http://desk.localhost:8000" },
      "/_allauth": { target: "http://desk.localhost:8000" },
      "/ws": { target: "ws://desk.localhost:8000", ws: true },
    },
  },
});
