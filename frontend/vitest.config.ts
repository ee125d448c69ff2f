import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["{shared,console,portal,widget,shop,form}/**/*.test.{ts,tsx}"], environment: "node" },
});
