// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { json, LossySocket } from "../shared/live/line.example";
import { Api } from "./api";
import type { Said } from "./contract";
import { Talk } from "./talk";
import { visible } from "./thread";

const said = (seq: number, text: string, author: "shopper" | "agent"): Said => ({
  id: `m${seq}`, seq, text, html: "", language: "it", direction: author === "agent" ? "out" : "in", author, alias: "Lucia",
  created_at: "2026-01-16T15:00:00Z", attachments: [], cards_removed: 0, delivery: "sent",
});

/** The server: one conversation, numbered over notes that a shopper does not see. */
const server = {
  said: [] as Said[], last: 0, keys: new Map<string, number>(), isAway: false, posts: [] as string[], isTaken: false,
  offers: null as unknown, promise: null as unknown,
};

function speak(text: string, author: "shopper" | "agent", skipping = 0): number {
  server.last += 1 + skipping;
  server.said.push(said(server.last, text, author));
  return server.last;
}

const answer = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
  const url = new URL(String(input));
  const at = url.pathname.replace("/api/widget/", "");
  if (at === "config") return Promise.resolve(server.isAway ? json({}, 503) : json({ key: "line" }));
  if (at === "messages") {
    const body = JSON.parse(String(init!.body)) as { text: string; client_key: string };
    server.posts.push(body.client_key);
    if (server.isAway) return Promise.resolve(json({ code: "database_away" }, 503));
    const seq = server.keys.get(body.client_key) ?? speak(body.text, "shopper");
    server.keys.set(body.client_key, seq);
    return Promise.resolve(json({ conversation: "c", case_number: "AC-1", seq, status: "open", refused_files: [] }));
  }
  if (server.isAway) return Promise.resolve(json({ code: "database_away" }, 503));
  if (at === "by-mail" && server.isTaken) return Promise.resolve(json({ code: "taken" }, 409));
  if (at === "by-mail") return Promise.resolve(json({ promise: (server.promise = { kind: "mail", ...JSON.parse(String(init!.body)) }) }));
  if (at === "session") return Promise.resolve(json({ token: "t" }));
  const after = Number(url.searchParams.get("after"));
  const messages = server.said.filter((each) => each.seq > after).slice(0, 3);
  const up_to = messages.length === 3 ? messages.at(-1)!.seq : server.last;
  return Promise.resolve(json({ conversation: "c", case_number: "AC-1", status: "open", messages, last_seq: server.last, up_to, agent: null, position: null, wait: null, offers: server.offers, promise: server.promise }));
};

let talk: Talk;
const shown = () => visible(talk.state.thread).map((item) => (item.kind === "said" ? item.said.text : `~${item.pending.text}`));
const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);
const start = async () => {
  talk = new Talk(new Api("http://acme.localhost"), "line", () => "it");
  await talk.load();
  await settle();
};
const write = async (text: string) => {
  talk.write({ text, files: [], name: "", email: "" });
  await settle();
};
const ring = () => LossySocket.last.say({ type: "message.added", seq: server.last });

beforeEach(async () => {
  vi.useFakeTimers();
  LossySocket.reset();
  localStorage.clear();
  vi.stubGlobal("WebSocket", LossySocket);
  vi.stubGlobal("fetch", vi.fn(answer));
  Object.assign(server, { said: [], last: 0, keys: new Map(), isAway: false, posts: [] });
  await start();
  await write("Ciao");
});
afterEach(() => vi.useRealTimers());

test("a lost frame is healed by the next one, over notes that are not theirs", async () => {
  LossySocket.loses = () => true;
  speak("uno", "agent", 2);
  ring();
  await settle();
  expect(shown()).toEqual(["Ciao"]);
  LossySocket.loses = () => false;
  speak("due", "agent", 1);
  ring();
  await settle();
  expect(shown()).toEqual(["Ciao", "uno", "due"]);
});

test("the last frame lost is healed without another one, and a long gap page by page", async () => {
  LossySocket.loses = () => true;
  for (const text of ["1", "2", "3", "4", "5", "6", "7"]) speak(text, "agent");
  ring();
  await settle(31_000);
  expect(shown()).toEqual(["Ciao", "1", "2", "3", "4", "5", "6", "7"]);
});

test("without doorbells it asks by itself until it is told to catch up", async () => {
  LossySocket.last.say({ type: "live.away" });
  expect(talk.state.isDeaf).toBe(true);
  speak("uno", "agent");
  await settle(6_000);
  expect(shown()).toEqual(["Ciao", "uno"]);
  LossySocket.last.say({ type: "resync" });
  expect(talk.state.isDeaf).toBe(false);
});

test("a socket closed because the database was away comes back and catches up", async () => {
  LossySocket.last.end(4503);
  speak("uno", "agent");
  await settle(2_000);
  LossySocket.last.say({ type: "hello", seq: server.last });
  await settle();
  expect(LossySocket.all).toHaveLength(2);
  expect(shown()).toEqual(["Ciao", "uno"]);
});

test("a message that cannot be taken now is kept, sent again under its key, and stands there once", async () => {
  server.isAway = true;
  await write("Ci siete?");
  await write("Ehi");
  expect(shown()).toEqual(["Ciao", "~Ci siete?", "~Ehi"]);
  server.isAway = false;
  await settle(10_000);
  expect(shown()).toEqual(["Ciao", "Ci siete?", "Ehi"]);
  const first = server.posts.filter((key) => key === server.posts[1]);
  expect(first.length).toBeGreaterThan(1);
  expect(server.said.map((each) => each.text)).toEqual(["Ciao", "Ci siete?", "Ehi"]);
});

test("what had not left when the page was closed leaves from the next one, once", async () => {
  server.isAway = true;
  await write("Ci siete?");
  server.isAway = false;
  await start();
  await settle(5_000);
  expect(server.said.filter((each) => each.text === "Ci siete?")).toHaveLength(1);
  expect(shown()).toEqual(["Ciao", "Ci siete?"]);
  expect(localStorage.getItem("centralita:line:pending")).toBeNull();
});

test("where one stands comes by the socket, and what may be chosen is asked for once it is long", async () => {
  await write("ciao");
  const stand = (more: object) => LossySocket.last.say({ type: "wait.changed", conversation: "c", position: 2, kind: "about", minutes: 4, ...more });
  stand({});
  await settle();
  expect([talk.state.position, talk.state.wait]).toEqual([2, { kind: "about", minutes: 4 }]);
  stand({ conversation: "another's", position: 9 });
  await settle();
  expect(talk.state.position).toBe(2);
  server.offers = { windows: [], mail: true };
  stand({ minutes: 20, is_long: true });
  await settle();
  expect(talk.state.offers).toEqual({ windows: [], mail: true });
  server.isTaken = true;
  expect(await talk.askForMail("a@b.example")).toBe("taken");
  server.isTaken = false;
  server.offers = null;
  expect(await talk.askForMail("a@b.example")).toBe(null);
  expect([talk.state.offers, talk.state.promise]).toEqual([null, { kind: "mail", email: "a@b.example" }]);
  server.promise = null;
});
