/**
 * What was sent and is not yet answered for. An entry keeps its client key for ever, so sending it
 * again after a lost connection cannot make a second message.
 */

import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";

import { ApiError } from "../../shared/api/http";
import { waitBefore } from "../../shared/live/backoff";
import type { Message } from "../../shared/model";
import * as api from "../api";
import type { BrandReason } from "../playbook/api";
import { noteLeaving, type Envelope, type Mode } from "./drafts";
import { grow, putMessages } from "./thread";
import { lookAgain } from "./unsent";

export interface Entry {
  key: string;
  owner: string;
  tenant: string;
  conversation: string;
  mode: Mode;
  text: string;
  waiting: boolean;
  files: number;
  envelope?: Envelope;
  /** The last message that its writer had seen; without one, nobody is asked what came in between. */
  seen?: number;
  /** Colleagues whom a note names. */
  mentions?: string[];
  /** Held back: for an undo, or until a time. */
  hold?: { send_at?: string };
  at: string;
  after: number;
  /** ``lost``: its files were only in memory, and the page was reloaded. */
  state: "sending" | "queued" | "failed" | "lost";
  why: string;
  /** Something was written meanwhile: it goes when its writer has seen that. */
  moved?: boolean;
  /** Of a refused reply: file → reason. */
  refused?: Record<string, string>;
  /** Where it may name another brand ("12-22" → name, address or case), and why that is no mistake. */
  found?: Record<string, string>;
  despite?: BrandReason;
}

const KEPT = "centralita.outbox";
const files = new Map<string, readonly File[]>();

export const useOutbox = create<{ entries: Entry[] }>(() => ({ entries: restore() }));
useOutbox.subscribe(({ entries }) => noteLeaving(entries.filter(({ state }) => state === "sending" || state === "queued")));
useOutbox.subscribe(({ entries }) => localStorage.setItem(KEPT, JSON.stringify(entries)));

function restore(): Entry[] {
  try {
    return revive(JSON.parse(localStorage.getItem(KEPT) ?? "[]") as Entry[]);
  } catch {
    return [];
  }
}

/** After a reload: what was on its way is to be sent again, unless its files are gone. */
export function revive(entries: Entry[]): Entry[] {
  return entries.map((entry) =>
    entry.state === "failed" ? entry : { ...entry, state: entry.files > 0 ? "lost" : "queued" },
  );
}

function change(key: string, to: Partial<Entry>): void {
  useOutbox.setState(({ entries }) => ({ entries: entries.map((e) => (e.key === key ? { ...e, ...to } : e)) }));
}

export function drop(key: string): void {
  files.delete(key);
  useOutbox.setState(({ entries }) => ({ entries: entries.filter((entry) => entry.key !== key) }));
}

type Said = Pick<Entry, "owner" | "tenant" | "conversation" | "mode" | "text" | "waiting" | "after" | "envelope" | "seen" | "mentions" | "hold">;

/** Shown at once, then sent. */
export function say(client: QueryClient, said: Said, attached: readonly File[]): void {
  const key = crypto.randomUUID();
  const at = new Date().toISOString();
  files.set(key, attached);
  const entry: Entry = { ...said, key, at, files: attached.length, state: "sending", why: "" };
  useOutbox.setState(({ entries }) => ({ entries: [...entries, entry] }));
  if (before(entry).length) change(key, { state: "queued" });
  else void send(client, key);
}

/** What of the same conversation is still to leave before it. */
function before(entry: Entry): Entry[] {
  const { entries } = useOutbox.getState();
  const place = entries.findIndex((each) => each.key === entry.key);
  return entries.slice(0, place).filter((each) => each.conversation === entry.conversation && (each.state === "queued" || each.state === "sending"));
}

export async function send(client: QueryClient, key: string): Promise<void> {
  const entry = useOutbox.getState().entries.find((each) => each.key === key);
  if (!entry) return;
  change(key, { state: "sending", why: "", moved: false });
  try {
    await post(client, entry);
    drop(key);
    attempt = 0;
    void grow(client, entry.tenant, entry.conversation);
  } catch (error) {
    const known = error instanceof ApiError ? error : undefined;
    if (known?.offline || known?.away) {
      change(key, { state: "queued" });
      comeAgain(client, entry.owner);
      return;
    }
    const refused = known?.code === "file_refused" ? known.fields : undefined;
    const found = known?.code === "other_brand" ? known.fields : undefined;
    const moved = known?.code === "thread_moved";
    if (moved) void grow(client, entry.tenant, entry.conversation);
    change(key, { state: "failed", why: refused || moved ? "" : (known?.message ?? String(error)), refused, moved, found });
  }
  await sendQueued(client, entry.owner);
}

let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The socket may stand while the server cannot serve: no reconnection would say when to try again. */
function comeAgain(client: QueryClient, owner: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => void sendQueued(client, owner), waitBefore(attempt++));
}

async function post(client: QueryClient, entry: Entry): Promise<void> {
  const { tenant, conversation, envelope, seen: seen_seq, mentions } = entry;
  const said = { text: entry.text, client_key: entry.key, waiting_for_customer: entry.waiting, ...envelope, seen_seq, ...(entry.despite && { despite: entry.despite }) };
  const attached = files.get(entry.key) ?? [];
  if (entry.mode === "reply" && entry.hold) {
    const held = await api.hold(tenant, conversation, { ...said, ...entry.hold }, attached);
    undoable.set(held.id, attached);
    return lookAgain(client, tenant, conversation);
  }
  const message: Message =
    entry.mode === "note"
      ? await api.addNote(tenant, conversation, { text: entry.text, client_key: entry.key, mentions })
      : await api.reply(tenant, conversation, said, attached);
  putMessages(client, tenant, conversation, [message]);
}

/** The files of replies held back, while this window is open: an undo gives them back. */
export const undoable = new Map<string, readonly File[]>();

/** Its writer has seen what was written meanwhile. */
export function sendAnyway(client: QueryClient, key: string, seen: number): Promise<void> {
  change(key, { seen });
  return send(client, key);
}

/** It is no mistake that it names another brand: sent again, with the reason. */
export function despite(client: QueryClient, key: string, reason: BrandReason): void {
  change(key, { despite: reason, found: undefined });
  void send(client, key);
}

/** In their order, whatever waits for a connection; only this person's. One that cannot leave holds up its conversation. */
export async function sendQueued(client: QueryClient, owner: string): Promise<void> {
  const next = useOutbox.getState().entries.find((entry) => entry.state === "queued" && entry.owner === owner && !before(entry).length);
  if (next) await send(client, next.key);
}

/** Entries of a conversation that the server's messages do not yet show. */
export function pendingOf(entries: Entry[], conversation: string, messages: Message[]): Entry[] {
  const taken = new Set<string>();
  return entries.filter((entry) => {
    if (entry.conversation !== conversation) return false;
    if (entry.state !== "sending") return true;
    const direction = entry.mode === "note" ? "note" : "out";
    const shown = messages.find(
      (m) => m.seq > entry.after && m.direction === direction && m.text.trim() === entry.text.trim() && !taken.has(m.id),
    );
    if (shown) taken.add(shown.id);
    return !shown;
  });
}
