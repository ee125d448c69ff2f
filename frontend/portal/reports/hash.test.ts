import { expect, test } from "vitest";

import { sha256 } from "./hash";

test("the hash is that of the bytes, in hex", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}').buffer as ArrayBuffer;
  expect(await sha256(bytes)).toBe("fd621823002706e24604cb868a9f4f8850d6f01fb5040d49ba050482e1472437");
});
