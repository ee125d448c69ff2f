import { expect, test } from "vitest";

import { address } from "./typed";

test("fills a path and leaves out what is not asked", () => {
  expect(address("/a/{tenant}/b/{id}", { tenant: "t/1", id: 2 }, { page: 3, q: "", from: undefined })).toBe("/a/t%2F1/b/2?page=3");
  expect(address("/a")).toBe("/a");
});
