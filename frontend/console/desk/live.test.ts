// @vitest-environment jsdom
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { json, LossySocket } from "../../shared/live/line.example";
import type { Message, Thread } from "../../shared/model";
import { message } from "../conversation/example";
import { threadKey } from "../conversation/thread";
import { startLive, watch } from "./live";
import { useDesk } from "./store";

/** The server: what it holds is the truth, whatever the socket brings. */
const server = { messages: [] as Message[], seq: 1, isAway: false, asked: [] as string[] };

const answer = (input: RequestInfo | URL): Promise<Response> => {
  const url = new URL(String(input), "http://desk.localhost");
  server.asked.push(url.pathname);
  if (server.isAway) return Promise.resolve(json({ code: "database_away", message: "away" }, 503));
  if (url.pathname.endsWith("/messages")) {
    const after = Number(url.searchParams.get("after"));
    return Promise.resolve(json({ messages: server.messages.filter((each) => each.seq > after), last_seq: server.messages.length }));
  }
  const changed = Number(url.searchParams.get("since")) !== server.seq;
  return Promise.resolve(json({ seq: server.seq, changed, desk: changed ? desk() : null }));
};
const desk = () => ({ state: null, offers: [], active: [{ id: `w${server.seq}`, unread: 0, clocks: [] }], wrap_up: [], evaluations_unread: 0, done_today: 0, waiting_for_me: 0 });

let client: QueryClient;
let stop: () => void;
const known = () => client.getQueryData<Thread>(threadKey("t", "c"))!.messages.map((each) => each.seq);
const write = () => {
  server.messages.push(message(server.messages.length + 1));
  server.seq += 1;
};
const ring = () => LossySocket.last.say({ type: "message.added", tenant: "t", conversation: "c", seq: server.messages.length, n: server.seq });
const settle = () => vi.advanceTimersByTimeAsync(50);

beforeEach(async () => {
  vi.useFakeTimers();
  LossySocket.reset();
  vi.stubGlobal("WebSocket", LossySocket);
  vi.stubGlobal("fetch", vi.fn(answer));
  Object.assign(server, { messages: [message(1)], seq: 1, isAway: false, asked: [] });
  useDesk.setState({ seq: 0, desk: null, error: null, link: "opening", isDeaf: false });
  client = new QueryClient();
  client.setQueryData(threadKey("t", "c"), { conversation: { last_seq: 1 }, messages: [message(1)] });
  stop = startLive(client, "lucia", true);
  watch("t", "c");
  await settle();
  LossySocket.last.say({ type: "hello", seq: 1 });
  await settle();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("a lost frame is healed by the next one", async () => {
  LossySocket.loses = (frame) => frame.type === "message.added";
  write();
  ring();
  await settle();
  expect(known()).toEqual([1]);
  LossySocket.loses = () => false;
  write();
  ring();
  await settle();
  expect(known()).toEqual([1, 2, 3]);
  expect(useDesk.getState().desk!.active[0]!.id).toBe("w3");
});

test("the last frame lost is healed without another one", async () => {
  LossySocket.loses = () => true;
  write();
  ring();
  await vi.advanceTimersByTimeAsync(31_000);
  expect(known()).toEqual([1, 2]);
  expect(useDesk.getState().seq).toBe(2);
});

test("a resynchronisation and a reconnection ask for what was missed", async () => {
  write();
  LossySocket.last.say({ type: "resync" });
  await settle();
  expect(known()).toEqual([1, 2]);
  LossySocket.last.end(4503);
  write();
  expect(useDesk.getState().link).toBe("down");
  await vi.advanceTimersByTimeAsync(1_000);
  LossySocket.last.say({ type: "hello", seq: server.seq });
  await settle();
  expect(known()).toEqual([1, 2, 3]);
  expect(LossySocket.last.sent.map((frame) => frame.type)).toContain("watch");
});

test("without doorbells it says so and asks every few seconds", async () => {
  LossySocket.last.say({ type: "live.away" });
  await settle();
  expect(useDesk.getState().isDeaf).toBe(true);
  write();
  await vi.advanceTimersByTimeAsync(6_000);
  expect(known()).toEqual([1, 2]);
  LossySocket.last.say({ type: "resync" });
  expect(useDesk.getState().isDeaf).toBe(false);
});

test("what rang while the server was away is asked for again", async () => {
  server.isAway = true;
  write();
  ring();
  await settle();
  expect(known()).toEqual([1]);
  expect(useDesk.getState().error).not.toBeNull();
  server.isAway = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(known()).toEqual([1, 2]);
  expect(useDesk.getState()).toMatchObject({ seq: 2, error: null });
});
