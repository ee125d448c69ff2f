import type { Said } from "./contract";

/** A message of the shopper that the server has not yet shown back. */
export interface Pending {
  clientKey: string;
  text: string;
  files: readonly File[];
  at: string;
  state: "sending" | "waiting" | "failed";
  /** Why it failed, in words for the shopper. */
  problem?: string;
  /** The number the server gave it, once known. */
  seq?: number;
  /** The last number known when it was written: its own comes later. */
  after: number;
}

export interface Thread {
  said: readonly Said[];
  pending: readonly Pending[];
  lastSeq: number;
  /** The server vouches that nothing is missing up to this number: notes leave gaps that are none. */
  upTo: number;
}

export type Item = { kind: "said"; key: string; said: Said } | { kind: "pending"; key: string; pending: Pending };

export const EMPTY: Thread = { said: [], pending: [], lastSeq: 0, upTo: 0 };

/**
 * Take in what the API returned: one message per number, the newer copy wins, order by number.
 * upTo: the number up to which it is whole, if it was asked for from ``thread.upTo`` or before.
 */
export function merge(thread: Thread, messages: readonly Said[], upTo = thread.upTo): Thread {
  const bySeq = new Map(thread.said.map((said) => [said.seq, said]));
  for (const message of messages) bySeq.set(message.seq, message);
  const said = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const pending = thread.pending.filter((own) => own.seq === undefined || !bySeq.has(own.seq));
  return { said, pending, lastSeq: Math.max(thread.lastSeq, said.at(-1)?.seq ?? 0), upTo: Math.max(thread.upTo, upTo) };
}

/** Show a message at once, before the server has it. The same client key is the same message. */
export function write(thread: Thread, own: Omit<Pending, "after" | "state">): Thread {
  if (thread.pending.some((other) => other.clientKey === own.clientKey)) return thread;
  return { ...thread, pending: [...thread.pending, { ...own, state: "sending", after: thread.lastSeq }] };
}

/** The server stored it under a number; it stays visible until that number is read back. */
export function settle(thread: Thread, clientKey: string, seq: number): Thread {
  if (thread.said.some((said) => said.seq === seq)) return forget(thread, clientKey);
  return change(thread, clientKey, { seq, state: "sending", problem: undefined });
}

export function change(thread: Thread, clientKey: string, to: Partial<Pending>): Thread {
  return {
    ...thread,
    pending: thread.pending.map((own) => (own.clientKey === clientKey ? { ...own, ...to } : own)),
  };
}

export function forget(thread: Thread, clientKey: string): Thread {
  return { ...thread, pending: thread.pending.filter((own) => own.clientKey !== clientKey) };
}

/**
 * What to show, oldest first. The socket may bring a message of the shopper back before the request that sent it was
 * answered: such a copy is held back, so that it never stands there twice.
 */
export function visible(thread: Thread): Item[] {
  const unmatched = thread.pending.filter((own) => own.seq === undefined);
  const held = new Set<number>();
  for (const own of unmatched) {
    const copy = thread.said.find(
      (said) => said.author === "shopper" && said.seq > own.after && !held.has(said.seq) && isSameText(said.text, own.text),
    );
    if (copy) held.add(copy.seq);
  }
  return [
    ...thread.said
      .filter((said) => !held.has(said.seq))
      .map((said): Item => ({ kind: "said", key: `s${said.seq}`, said })),
    ...thread.pending.map((pending): Item => ({ kind: "pending", key: pending.clientKey, pending })),
  ];
}

/** Messages of the team that came after a number (for the count on the launcher). */
export function countUnread(thread: Thread, readSeq: number): number {
  return thread.said.filter((said) => said.author === "agent" && said.seq > readSeq).length;
}

function isSameText(a: string, b: string): boolean {
  return a.trim().replace(/\s+/g, " ") === b.trim().replace(/\s+/g, " ");
}
