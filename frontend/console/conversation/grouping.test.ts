import { expect, test } from "vitest";

import { message } from "./example";
import { blocksOf } from "./grouping";

const kinds = (blocks: ReturnType<typeof blocksOf>) =>
  blocks.map((block) => (block.kind === "turn" ? `${block.side} ${block.messages.length}` : block.kind));

test("what one speaker says in one go is one turn", () => {
  const out = { direction: "out", author: "agent", alias: "Lucía" } as const;
  expect(kinds(blocksOf([message(1), message(2), message(3, out), message(4)], "UTC"))).toEqual(["day", "in 2", "out 1", "in 1"]);
});

test("a note is no part of an answer, and an event stands alone", () => {
  const messages = [message(1, { direction: "out", alias: "L" }), message(2, { direction: "note", alias: "L" }), message(3, { direction: "event" })];
  expect(kinds(blocksOf(messages, "UTC"))).toEqual(["day", "out 1", "note 1", "event"]);
});

test("a long silence begins a new turn, the reader's midnight a new day", () => {
  const later = message(2, { created_at: "2026-11-22T10:20:00Z" });
  const night = message(3, { created_at: "2026-11-22T23:30:00Z" });
  expect(kinds(blocksOf([message(1), later, night], "Europe/Madrid"))).toEqual(["day", "in 1", "in 1", "day", "in 1"]);
});
