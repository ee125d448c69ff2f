import { expect, test } from "vitest";

import { newsSince, seenUpTo } from "./collision";
import { message } from "./example";

const said = [
  message(1),
  message(2, { direction: "out", author: "agent", person_name: "Lucia" }),
  message(3),
  message(4, { direction: "note", author: "agent", person_name: "Paolo" }),
  message(5, { direction: "out", author: "system" }),
];

test("for a mail, whatever others said since it was begun is news", () => {
  const seen = seenUpTo(said, 2, "Lucia", true);
  expect(newsSince(said, seen, "Lucia").map((each) => each.seq)).toEqual([3, 4]);
});

test("in a chat the shopper's lines are seen as they come, a colleague's words are not", () => {
  expect(newsSince(said, seenUpTo(said, 2, "Lucia", false), "Lucia").map((each) => each.seq)).toEqual([4]);
  expect(newsSince(said.slice(0, 3), seenUpTo(said.slice(0, 3), 2, "Lucia", false), "Lucia")).toEqual([]);
});

test("what was begun after the last word asks nothing", () => {
  expect(newsSince(said, seenUpTo(said, 5, "Lucia", true), "Lucia")).toEqual([]);
  expect(newsSince(said, seenUpTo(said, 0, "Lucia", true), "Lucia")).toEqual([]);
});
