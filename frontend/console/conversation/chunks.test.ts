import { expect, test } from "vitest";

import { chunksOf, firstShown, isAlike, oneMore } from "./chunks";
import { message } from "./example";
import { blocksOf } from "./grouping";

const several = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => message(from + place, { direction: place % 2 ? "out" : "in" }));
const all = several(1, 200);
const from = (seq: number, messages = all) => chunksOf(blocksOf(messages.filter((each) => each.seq >= seq)));

test("a conversation opens at its end and grows upward to its beginning", () => {
  expect(firstShown(12)).toBe(0);
  const first = firstShown(200);
  expect(first).toBe(120);
  expect([oneMore(first), oneMore(oneMore(first))]).toEqual([80, 40]);
  expect(oneMore(40)).toBe(0);
});

test("each message is in one lot, in order, a day before what was said on it", () => {
  const chunks = from(0);
  const said = chunks.flatMap((chunk) => chunk.blocks.flatMap((block) => (block.kind === "turn" ? block.messages : [])));
  expect(said).toEqual(all);
  expect(chunks.reduce((sum, chunk) => sum + chunk.size, 0)).toBe(200);
  expect(chunks[0]!.blocks[0]!.kind).toBe("day");
});

test("earlier messages leave the lots alone that are there, but the first, whose day is now before it", () => {
  const before = from(120);
  const after = from(80);
  expect(after.map((chunk) => chunk.key)).toEqual([80, 120, 160, 200]);
  expect(isAlike(before[0]!, after[1]!)).toBe(false);
  expect(before.slice(1).every((chunk, place) => isAlike(chunk, after[place + 2]!))).toBe(true);
});

test("a message more, or another version of one, changes its own lot only", () => {
  const grown = from(80, [...all, message(201)]);
  const changed = from(80, all.map((each) => (each.seq === 90 ? { ...each, delivery: "sent" as const } : each)));
  const before = from(80);
  expect(before.map((chunk, place) => isAlike(chunk, grown[place]!))).toEqual([true, true, true, false]);
  expect(before.map((chunk, place) => isAlike(chunk, changed[place]!))).toEqual([false, true, true, true]);
});
