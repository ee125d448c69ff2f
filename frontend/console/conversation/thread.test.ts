import { expect, test } from "vitest";

import { message } from "./example";
import type { Thread } from "../../shared/model";
import { isWhole, joined, merge, sharing } from "./thread";

test("messages join in their order, each once, the later version in place of the earlier", () => {
  const merged = merge([message(1), message(2)], [message(3), message(2, { delivery: "sent" })]);
  expect(merged.map((each) => [each.seq, each.delivery])).toEqual([[1, "received"], [2, "sent"], [3, "received"]]);
});

test("a gap is seen", () => {
  expect(isWhole([message(4), message(5)])).toBe(true);
  expect(isWhole([message(4), message(6)])).toBe(false);
});

const threadOf = (...messages: ReturnType<typeof message>[]) => ({ conversation: { last_seq: messages.at(-1)!.seq }, messages }) as Thread;
const numbers = (thread: Thread) => thread.messages.map((each) => each.seq);

test("the end fetched again keeps what was read before it, unless something between is missing", () => {
  const known = threadOf(message(3), message(4), message(5));
  expect(numbers(joined(known, threadOf(message(5), message(6))))).toEqual([3, 4, 5, 6]);
  expect(numbers(joined(known, threadOf(message(6))))).toEqual([3, 4, 5, 6]);
  expect(numbers(joined(known, threadOf(message(7), message(8))))).toEqual([7, 8]);
  expect(numbers(joined(undefined, threadOf(message(7))))).toEqual([7]);
});

test("a message that has not changed stays the same object, also when others came before it", () => {
  const known = threadOf(message(3), message(4));
  const fresh = sharing(known, threadOf(message(2), message(3), message(4, { delivery: "sent" })));
  expect(fresh.messages[1]).toBe(known.messages[0]);
  expect(fresh.messages[2]).not.toBe(known.messages[1]);
  expect(fresh.messages[2]!.delivery).toBe("sent");
});
