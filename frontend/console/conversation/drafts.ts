/**
 * What was typed and not sent, one draft per conversation and kind. It lies on the server; what the server
 * has not yet taken lies here too, over reloads and without a line.
 */

import { create } from "zustand";

import { ApiError } from "../../shared/api/http";
import { waitBefore } from "../../shared/live/backoff";
import * as api from "../api";

export type Mode = "reply" | "note";
export type Envelope = { subject?: string; to?: string; cc?: string };

export interface Draft {
  text: string;
  envelope: Envelope;
  /** Of the server's draft that this was typed on. */
  revision: number;
  isDirty: boolean;
  /** The last message there was when it was begun; 0: not known here. */
  began: number;
  /** When the server took it, if it came from there. */
  at?: string;
}

interface FromServer {
  mode: Mode;
  text: string;
  envelope: Envelope;
  revision: number;
  at: string;
}

const EMPTY: Draft = { text: "", envelope: {}, revision: 0, isDirty: false, began: 0 };
const KEPT = "centralita.draft.";
const SAVE_MS = 700;

interface Store {
  drafts: Record<string, Draft>;
  /** What another window made of a draft that was typed on here. */
  rivals: Record<string, FromServer>;
}

export const useDrafts = create<Store>(() => ({ drafts: {}, rivals: {} }));

const nameOf = (conversation: string, mode: Mode) => `${conversation}.${mode}`;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const saving = new Map<string, Promise<void>>();
let attempt = 0;
let leaving: ReadonlySet<string> = new Set();

/** What of which draft is on its way to the server now, or waits for a line. */
export function noteLeaving(sayings: { conversation: string; mode: Mode }[]): void {
  leaving = new Set(sayings.map(({ conversation, mode }) => nameOf(conversation, mode)));
}

export function draftOf(conversation: string, mode: Mode): Draft {
  const name = nameOf(conversation, mode);
  return useDrafts.getState().drafts[name] ?? restore(name);
}

function restore(name: string): Draft {
  const kept = localStorage.getItem(KEPT + name);
  if (!kept) return EMPTY;
  try {
    return { ...EMPTY, ...(JSON.parse(kept) as Draft) };
  } catch {
    return { ...EMPTY, text: kept, isDirty: true };
  }
}

function put(name: string, draft: Draft): void {
  useDrafts.setState(({ drafts }) => ({ drafts: { ...drafts, [name]: draft } }));
  try {
    if (draft.text.trim() || draft.isDirty) localStorage.setItem(KEPT + name, JSON.stringify(draft));
    else localStorage.removeItem(KEPT + name);
  } catch {
    // The browser's store is full: the draft lives in this window, and on the server.
  }
}

/** What was typed; kept here at once and there a moment later. */
export function write(tenant: string, conversation: string, mode: Mode, change: Partial<Pick<Draft, "text" | "envelope" | "began">>): void {
  const name = nameOf(conversation, mode);
  put(name, { ...draftOf(conversation, mode), ...change, isDirty: true });
  saveSoon(tenant, conversation, mode, SAVE_MS);
}

/** It was sent: the server empties its own with the message, and what is on its way there comes too late. */
export function forget(conversation: string, mode: Mode): void {
  const name = nameOf(conversation, mode);
  clearTimeout(timers.get(name));
  put(name, { ...draftOf(conversation, mode), text: "", envelope: {}, began: 0, isDirty: false });
  dropRival(name);
}

function saveSoon(tenant: string, conversation: string, mode: Mode, after: number): void {
  const name = nameOf(conversation, mode);
  clearTimeout(timers.get(name));
  timers.set(name, setTimeout(() => void save(tenant, conversation, mode), after));
}

async function save(tenant: string, conversation: string, mode: Mode): Promise<void> {
  const name = nameOf(conversation, mode);
  if (saving.has(name)) return saveSoon(tenant, conversation, mode, SAVE_MS);
  const draft = draftOf(conversation, mode);
  if (!draft.isDirty || useDrafts.getState().rivals[name]) return;
  // What is leaving empties the server's draft: what was begun after it is saved after it.
  if (leaving.has(name)) return saveSoon(tenant, conversation, mode, SAVE_MS);
  const run = send(tenant, conversation, mode, draft).finally(() => saving.delete(name));
  saving.set(name, run);
  await run;
}

async function send(tenant: string, conversation: string, mode: Mode, draft: Draft): Promise<void> {
  const name = nameOf(conversation, mode);
  const { text, envelope, revision } = draft;
  try {
    const kept = await api.saveDraft(tenant, conversation, { mode, text, envelope, revision });
    attempt = 0;
    const now = draftOf(conversation, mode);
    const isSame = now.text === text && now.envelope === envelope;
    put(name, { ...now, revision: kept.revision, isDirty: now.isDirty && !isSame });
    if (!isSame && now.isDirty) saveSoon(tenant, conversation, mode, SAVE_MS);
  } catch (error) {
    const known = error instanceof ApiError ? error : undefined;
    if (known?.code === "draft_moved") await look(tenant, conversation);
    else if (known?.offline || known?.away) saveSoon(tenant, conversation, mode, waitBefore(attempt++));
  }
}

/** Ask what the server has; ``true`` if it could be asked. */
export async function look(tenant: string, conversation: string): Promise<boolean> {
  try {
    const { drafts } = await api.unsent(tenant, conversation);
    take(tenant, conversation, drafts as FromServer[]);
    return true;
  } catch {
    return false;
  }
}

/** The server's drafts beside ours: a newer one replaces what was not typed on here; else a person decides. */
export function take(tenant: string, conversation: string, drafts: FromServer[]): void {
  for (const there of drafts) {
    const name = nameOf(conversation, there.mode);
    const here = draftOf(conversation, there.mode);
    if (there.revision <= here.revision) continue;
    if (!here.isDirty || there.text === here.text) {
      put(name, { ...here, text: there.text, envelope: there.envelope, revision: there.revision, at: there.at, isDirty: false });
      dropRival(name);
    } else if (!there.text.trim()) {
      // Sent or emptied elsewhere: nothing is lost by going on with what is typed here.
      put(name, { ...here, revision: there.revision });
      saveSoon(tenant, conversation, there.mode, SAVE_MS);
    } else {
      useDrafts.setState(({ rivals }) => ({ rivals: { ...rivals, [name]: there } }));
    }
  }
}

/** Go on with what is typed here, or with what another window has. */
export function settle(tenant: string, conversation: string, mode: Mode, keeps: "mine" | "theirs"): void {
  const name = nameOf(conversation, mode);
  const there = useDrafts.getState().rivals[name];
  if (!there) return;
  dropRival(name);
  const here = draftOf(conversation, mode);
  if (keeps === "theirs") put(name, { ...here, text: there.text, envelope: there.envelope, revision: there.revision, isDirty: false });
  else {
    put(name, { ...here, revision: there.revision, isDirty: true });
    saveSoon(tenant, conversation, mode, 0);
  }
}

function dropRival(name: string): void {
  useDrafts.setState(({ rivals }) => {
    const { [name]: _gone, ...rest } = rivals;
    return { rivals: rest };
  });
}

/** A window of this person saved or sent a draft: this one, or another. */
export function hear(tenant: string, conversation: string, mode: Mode, revision: number): void {
  const name = nameOf(conversation, mode);
  if (!useDrafts.getState().drafts[name]) return;
  // The answer to this window's own save may still be on its way.
  setTimeout(() => {
    if (draftOf(conversation, mode).revision < revision) void look(tenant, conversation);
  }, 400);
}

/** Below what is in the box: taken back from what failed to leave. */
export function putBack(tenant: string, conversation: string, mode: Mode, text: string): void {
  const kept = draftOf(conversation, mode).text;
  write(tenant, conversation, mode, { text: kept.trim() ? `${kept}\n\n${text}` : text });
}

/** On signing out: the next person at this machine finds nothing. */
export function dropDrafts(): void {
  timers.forEach((timer) => clearTimeout(timer));
  useDrafts.setState({ drafts: {}, rivals: {} });
  Object.keys(localStorage)
    .filter((key) => key.startsWith(KEPT) || key.startsWith("centralita.outbox"))
    .forEach((key) => localStorage.removeItem(key));
}
