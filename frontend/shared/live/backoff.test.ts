import { expect, test } from "vitest";

import { waitBefore } from "./backoff";

test("waits longer with each attempt, never beyond 15 s", () => {
  const most = (n: number) => waitBefore(n, () => 1);
  expect([0, 1, 2, 3].map(most)).toEqual([500, 1000, 2000, 4000]);
  expect(most(50)).toBe(15_000);
});

test("is spread over half of the wait, so that a floor does not return as one", () => {
  expect(waitBefore(3, () => 0)).toBe(2000);
});
