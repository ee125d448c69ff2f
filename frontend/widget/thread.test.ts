import { expect, test } from "vitest";

import type { Said } from "./contract";
import { change, countUnread, EMPTY, forget, merge, settle, visible, write } from "./thread";

function said(seq: number, text = `m${seq}`, more: Partial<Said> = {}): Said {
  return {
    id: `m${seq}`,
    seq,
    text,
    html: "",
    language: "en",
    direction: "in",
    author: "shopper",
    alias: "",
    created_at: "2026-01-16T15:00:00Z",
    attachments: [],
    delivery: "received",
    cards_removed: 0,
    ...more,
  };
}

const own = (clientKey: string, text: string) => ({ clientKey, text, files: [], at: "2026-01-16T15:00:00Z" });
const texts = (thread: typeof EMPTY) =>
  visible(thread).map((item) => (item.kind === "said" ? item.said.text : `~${item.pending.text}`));

test("messages stand in the server's order however they arrive", () => {
  const thread = merge(merge(EMPTY, [said(3), said(1)]), [said(2)]);
  expect(texts(thread)).toEqual(["m1", "m2", "m3"]);
  expect(thread.lastSeq).toBe(3);
});

test("the same number twice is one message, the newer copy wins", () => {
  const thread = merge(merge(EMPTY, [said(1, "hi", { delivery: "pending" })]), [said(1, "hi", { delivery: "read" })]);
  expect(thread.said).toHaveLength(1);
  expect(thread.said[0]?.delivery).toBe("read");
});

test("a message shows at once and once, when the answer comes before the socket", () => {
  let thread = write(EMPTY, own("a", "hello"));
  expect(texts(thread)).toEqual(["~hello"]);
  thread = settle(thread, "a", 1);
  expect(texts(thread)).toEqual(["~hello"]);
  thread = merge(thread, [said(1, "hello")]);
  expect(texts(thread)).toEqual(["hello"]);
});

test("a message shows once when the socket comes before the answer", () => {
  let thread = write(merge(EMPTY, [said(1, "hello")]), own("a", "hello"));
  thread = merge(thread, [said(2, "hello ")]);
  expect(texts(thread)).toEqual(["hello", "~hello"]);
  thread = settle(thread, "a", 2);
  expect(texts(thread)).toEqual(["hello", "hello "]);
});

test("two equal texts written in a row stay two", () => {
  let thread = write(write(EMPTY, own("a", "ok")), own("b", "ok"));
  thread = merge(thread, [said(1, "ok")]);
  expect(texts(thread)).toEqual(["~ok", "~ok"]);
  thread = merge(settle(settle(thread, "a", 1), "b", 2), [said(2, "ok")]);
  expect(texts(thread)).toEqual(["ok", "ok"]);
});

test("the same client key is written once", () => {
  expect(write(write(EMPTY, own("a", "x")), own("a", "x")).pending).toHaveLength(1);
});

test("a failure keeps the text and says why; taking it back removes it", () => {
  let thread = change(write(EMPTY, own("a", "x")), "a", { state: "failed", problem: "offline" });
  expect(thread.pending[0]).toMatchObject({ text: "x", state: "failed", problem: "offline" });
  thread = forget(thread, "a");
  expect(thread.pending).toHaveLength(0);
});

test("only the team's later messages count as unread", () => {
  const team = (seq: number) => said(seq, "re", { author: "agent", direction: "out" });
  expect(countUnread(merge(EMPTY, [said(1), team(2), said(3), team(4)]), 2)).toBe(1);
});
