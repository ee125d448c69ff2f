// @vitest-environment jsdom
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { message } from "./example";
import { drop, pendingOf, revive, say, sendQueued, useOutbox, type Entry } from "./outbox";

const said = { owner: "lucia", tenant: "t", conversation: "c", mode: "reply", text: "hola", waiting: false, after: 2 } as const;
const entry = (more: Partial<Entry>): Entry => ({ ...said, key: "k", files: 0, at: "2026-11-22T10:00:00Z", state: "sending", why: "", ...more });

const fetched = vi.fn<typeof fetch>();
const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const keysSent = () => fetched.mock.calls.filter(([path]) => String(path).endsWith("/reply")).map(([, init]) => (JSON.parse(String(init!.body)) as { client_key: string }).client_key);
const settle = () => new Promise((done) => setTimeout(done, 20));

beforeEach(() => {
  document.cookie = "csrftoken=x";
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  fetched.mockReset();
  useOutbox.getState().entries.forEach(({ key }) => drop(key));
});

test("what could not leave is kept and sent again with the same key", async () => {
  const client = new QueryClient();
  fetched.mockRejectedValueOnce(new TypeError("offline"));
  say(client, said, []);
  await settle();
  expect(useOutbox.getState().entries[0]).toMatchObject({ state: "queued" });
  fetched.mockResolvedValueOnce(answer(200, message(3, { direction: "out", text: "hola" })));
  await sendQueued(client, "lucia");
  expect(useOutbox.getState().entries).toEqual([]);
  const [first, second] = keysSent();
  expect(second).toBe(first);
});

test("what the server cannot take now leaves by itself, in the order in which it was written", async () => {
  vi.useFakeTimers();
  const client = new QueryClient();
  const texts = () => fetched.mock.calls.filter(([path]) => String(path).endsWith("/reply")).map(([, init]) => (JSON.parse(String(init!.body)) as { text: string }).text);
  fetched.mockImplementation(() => Promise.resolve(answer(503, { code: "database_away", message: "away" })));
  say(client, said, []);
  await vi.advanceTimersByTimeAsync(20);
  say(client, { ...said, text: "y otra cosa" }, []);
  await vi.advanceTimersByTimeAsync(20);
  expect(useOutbox.getState().entries.map((each) => each.state)).toEqual(["queued", "queued"]);
  expect(new Set(texts())).toEqual(new Set(["hola"]));
  fetched.mockImplementation((_path, init) => Promise.resolve(answer(200, message(3, { direction: "out", text: String(init?.body) }))));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(useOutbox.getState().entries).toEqual([]);
  expect(texts().slice(-2)).toEqual(["hola", "y otra cosa"]);
  const keys = keysSent();
  expect(new Set(keys).size).toBe(2);
  vi.useRealTimers();
});

test("what waits is sent for its own author only", async () => {
  useOutbox.setState({ entries: [entry({ state: "queued" })] });
  await sendQueued(new QueryClient(), "paolo");
  expect(fetched).not.toHaveBeenCalled();
});

test("a refusal is shown in the server's words and not repeated by itself", async () => {
  fetched.mockResolvedValueOnce(answer(409, { code: "not_in_hand", message: "Someone else has it now." }));
  say(new QueryClient(), said, []);
  await settle();
  expect(useOutbox.getState().entries[0]).toMatchObject({ state: "failed", why: "Someone else has it now." });
});

test("after a reload what was leaving is queued, but not without its files", () => {
  expect(revive([entry({}), entry({ files: 1 }), entry({ state: "failed" })]).map((each) => each.state)).toEqual(["queued", "lost", "failed"]);
});

test("an entry is hidden once its message is there, even before the answer", () => {
  const there = message(3, { direction: "out", text: "hola" });
  expect(pendingOf([entry({})], "c", [there])).toEqual([]);
  expect(pendingOf([entry({}), entry({ key: "k2" })], "c", [there])).toHaveLength(1);
  expect(pendingOf([entry({})], "c", [message(2, { direction: "out", text: "hola" })])).toHaveLength(1);
});
