import { expect, test } from "vitest";

import { message } from "./example";
import { isWhole, merge } from "./thread";

test("messages join in their order, each once, the later version in place of the earlier", () => {
  const merged = merge([message(1), message(2)], [message(3), message(2, { delivery: "sent" })]);
  expect(merged.map((each) => [each.seq, each.delivery])).toEqual([[1, "received"], [2, "sent"], [3, "received"]]);
});

test("a gap is seen", () => {
  expect(isWhole([message(4), message(5)])).toBe(true);
  expect(isWhole([message(4), message(6)])).toBe(false);
});
