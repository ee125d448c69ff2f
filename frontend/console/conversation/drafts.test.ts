// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { dropDrafts, draftOf, forget, noteLeaving, settle, take, useDrafts, write } from "./drafts";

const fetched = vi.fn<typeof fetch>();
const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const saved = () => fetched.mock.calls.filter(([path]) => String(path).endsWith("/draft")).map(([, init]) => JSON.parse(String(init!.body)) as { text: string; revision: number });
const there = (text: string, revision: number) => ({ mode: "reply" as const, text, envelope: {}, revision, at: "2026-11-22T10:00:00Z" });

beforeEach(() => {
  document.cookie = "csrftoken=x";
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched);
  let revision = 0;
  fetched.mockImplementation((_path, init) => Promise.resolve(answer(200, { ...(JSON.parse(String(init!.body)) as object), revision: ++revision })));
});
afterEach(() => {
  dropDrafts();
  noteLeaving([]);
  fetched.mockReset();
  vi.useRealTimers();
});

test("what was typed lies here at once and on the server a moment later", async () => {
  write("t", "c", "reply", { text: "Buon" });
  write("t", "c", "reply", { text: "Buongiorno" });
  expect(localStorage.getItem("centralita.draft.c.reply")).toContain("Buongiorno");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saved()).toMatchObject([{ text: "Buongiorno", revision: 0 }]);
  expect(draftOf("c", "reply")).toMatchObject({ revision: 1, isDirty: false });
});

test("without a line it is saved when the line is back", async () => {
  fetched.mockRejectedValueOnce(new TypeError("offline"));
  write("t", "c", "reply", { text: "Ciao" });
  await vi.advanceTimersByTimeAsync(705);
  expect(draftOf("c", "reply").isDirty).toBe(true);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(draftOf("c", "reply").isDirty).toBe(false);
});

test("a newer one of another window replaces what was not typed on, else a person decides", async () => {
  take("t", "c", [there("di là", 3)]);
  expect(draftOf("c", "reply")).toMatchObject({ text: "di là", revision: 3 });
  write("t", "c", "reply", { text: "di qua" });
  take("t", "c", [there("di là, ancora", 4)]);
  expect(draftOf("c", "reply").text).toBe("di qua");
  expect(useDrafts.getState().rivals["c.reply"]?.text).toBe("di là, ancora");
  await vi.advanceTimersByTimeAsync(5000);
  expect(saved()).toEqual([]);
  settle("t", "c", "reply", "mine");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saved()).toMatchObject([{ text: "di qua", revision: 4 }]);
});

test("one that was sent elsewhere takes nothing of what is typed here", () => {
  write("t", "c", "reply", { text: "di qua" });
  take("t", "c", [there("", 2)]);
  expect(draftOf("c", "reply")).toMatchObject({ text: "di qua", revision: 2, isDirty: true });
});

test("what is typed while a message leaves is saved after it", async () => {
  write("t", "c", "reply", { text: "primo" });
  noteLeaving([{ conversation: "c", mode: "reply" }]);
  forget("c", "reply");
  write("t", "c", "reply", { text: "secondo" });
  await vi.advanceTimersByTimeAsync(3000);
  expect(saved()).toEqual([]);
  noteLeaving([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(saved().map(({ text }) => text)).toEqual(["secondo"]);
});
