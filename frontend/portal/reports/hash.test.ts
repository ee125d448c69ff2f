import { expect, test } from "vitest";

import { hashIn, sha256 } from "./hash";

test("the hash is that of the bytes, in hex", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}').buffer as ArrayBuffer;
  expect(await sha256(bytes)).toBe("fd621823002706e24604cb868a9f4f8850d6f01fb5040d49ba050482e1472437");
});

test("a hash is found as it is copied from a paper", () => {
  const hash = "fd621823002706e24604cb868a9f4f8850d6f01fb5040d49ba050482e1472437";
  expect(hashIn(`SHA-256 ${hash.slice(0, 32).toUpperCase()}\n${hash.slice(32)} `)).toBe(hash);
  expect(hashIn(hash.slice(1))).toBeNull();
  expect(hashIn(`${hash.slice(0, 63)}x`)).toBeNull();
  expect(hashIn("")).toBeNull();
});
