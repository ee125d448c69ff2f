/** From the socket to the screen: one switch, and the API says what. */

import type { QueryClient } from "@tanstack/react-query";

import type { DeskEvent } from "../../shared/live/events";
import { openLive, type Live } from "../../shared/live/socket";
import { grow, threadKey } from "../conversation/thread";
import { hear as hearDraft } from "../conversation/drafts";
import { sendQueued } from "../conversation/outbox";
import { lookAgain } from "../conversation/unsent";
import { forgetTyping, noteTyping, useDesk } from "./store";
import { sync } from "./sync";

let live: Live | undefined;
const watched = new Map<string, { type: "watch"; tenant: string; conversation: string }>();
let watchesFloor = false;
let hasDesk = false;

/** Without doorbells, and while the last question went unanswered. */
const POLL_MS = 5_000;
/** With them: the last frame may be lost, too, and no later one shows the gap. */
const LOOK_MS = 30_000;

/** ``desk``: whether this person has a desk of their own (an operator only looks on). */
export function startLive(client: QueryClient, person: string, desk: boolean): () => void {
  hasDesk = desk;
  live = openLive<DeskEvent>("/ws/desk/", {
    hear: (event) => dispatch(client, event),
    state: (link) => {
      useDesk.setState({ link, isDeaf: false });
      if (link === "up") comeBack(client, person);
    },
  });
  const poll = setInterval(() => isOnItsOwn() && void catchUp(client), POLL_MS);
  const look = setInterval(() => !isOnItsOwn() && void catchUp(client), LOOK_MS);
  return () => {
    clearInterval(poll);
    clearInterval(look);
    live?.close();
    live = undefined;
  };
}

function isOnItsOwn(): boolean {
  const { link, isDeaf, error } = useDesk.getState();
  return link !== "up" || isDeaf || error !== null;
}

/** After each (re)connection: watch again, ask for what was missed, send what was kept. */
function comeBack(client: QueryClient, person: string): void {
  watched.forEach((frame) => live?.send(frame));
  if (watchesFloor) live?.send({ type: "watch_floor" });
  void catchUp(client);
  void sendQueued(client, person);
}

async function catchUp(client: QueryClient): Promise<void> {
  await Promise.all([
    hasDesk && sync(),
    ...[...watched.values()].flatMap(({ tenant, conversation }) => [grow(client, tenant, conversation), lookAgain(client, tenant, conversation)]),
    client.invalidateQueries({ queryKey: ["mentions"] }),
    watchesFloor && client.invalidateQueries({ queryKey: ["floor"] }),
  ]);
}

function dispatch(client: QueryClient, event: DeskEvent): void {
  switch (event.type) {
    case "message.added":
      forgetTyping(event.conversation);
      void grow(client, event.tenant, event.conversation);
      return catchFeed(event.n);
    case "message.state":
      void grow(client, event.tenant, event.conversation, event.seq - 1);
      return catchFeed(event.n);
    case "work.changed":
    case "conversation.changed":
      void client.invalidateQueries({ queryKey: threadKey(event.tenant, event.conversation) });
      return catchFeed("n" in event ? event.n : undefined);
    case "clock.warned":
      void client.invalidateQueries({ queryKey: threadKey(event.tenant, event.conversation) });
      if (event.n === undefined) tellOfBreach(event.tenant, event.conversation);
      return catchFeed(event.n);
    case "typing":
      return noteTyping(event.conversation, event.who);
    case "floor.changed":
      void client.invalidateQueries({ queryKey: ["floor"] });
      return;
    case "dispute.changed":
      void client.invalidateQueries({ queryKey: ["disputes"] });
      return;
    case "evaluation.shared":
      void client.invalidateQueries({ queryKey: ["evaluations"] });
      return catchFeed(event.n);
    case "mentioned":
      void client.invalidateQueries({ queryKey: ["mentions"] });
      return catchFeed(event.n);
    case "draft.changed":
      return hearDraft(event.tenant, event.conversation, event.mode, event.revision);
    case "held.changed":
      return void lookAgain(client, event.tenant, event.conversation);
    case "offer.made":
    case "offer.gone":
    case "state.changed":
      return catchFeed(event.n);
    case "hello":
      return catchFeed(event.seq);
    case "live.away":
      useDesk.setState({ isDeaf: true });
      return;
    case "resync":
      useDesk.setState({ isDeaf: false });
      void catchUp(client);
  }
}

/** For who leads: a promise was broken in somebody's hands, or in nobody's. */
export const breached = new EventTarget();

function tellOfBreach(tenant: string, conversation: string): void {
  breached.dispatchEvent(new CustomEvent("breach", { detail: { tenant, conversation } }));
}

/** ``n`` beyond what is known means news; without ``n`` there is none for the desk. */
function catchFeed(n: number | undefined): void {
  const { seq, desk } = useDesk.getState();
  if (hasDesk && (!desk || (n !== undefined && n > seq))) void sync();
}

/** Hear a conversation's messages and typing while it is open. */
export function watch(tenant: string, conversation: string): () => void {
  const frame = { type: "watch" as const, tenant, conversation };
  watched.set(conversation, frame);
  live?.send(frame);
  return () => {
    watched.delete(conversation);
    live?.send({ type: "unwatch", tenant, conversation });
  };
}

export function watchFloor(): () => void {
  watchesFloor = true;
  live?.send({ type: "watch_floor" });
  return () => {
    watchesFloor = false;
  };
}
