/** What lies on this agent's desk, as of feed number ``seq``. */

import { create } from "zustand";

import type { Desk, Work } from "../../shared/model";

export type Link = "up" | "down" | "refused" | "opening";

interface DeskStore {
  seq: number;
  desk: Desk | null;
  error: unknown;
  link: Link;
  /** The socket stands, but no doorbell reaches it: the desk asks by itself. */
  isDeaf: boolean;
  typing: Record<string, { who: string; until: number }>;
  said: { id: number; text: string };
  /** The conversation just taken, whose composer is to have the focus. */
  compose: string;
}

export const useDesk = create<DeskStore>(() => ({
  seq: 0,
  desk: null,
  error: null,
  link: "opening",
  isDeaf: false,
  typing: {},
  said: { id: 0, text: "" },
  compose: "",
}));

/** Say something to a screen reader, politely. */
export function announce(text: string): void {
  useDesk.setState(({ said }) => ({ said: { id: said.id + 1, text } }));
}

/** The item of a conversation that this agent has in hand. */
export function inHand(desk: Desk | null, conversation: string): Work | undefined {
  return desk?.active.find((work) => work.conversation === conversation);
}

const SHOWN_MS = 6000;

export function noteTyping(conversation: string, who: string): void {
  useDesk.setState(({ typing }) => ({ typing: { ...typing, [conversation]: { who, until: Date.now() + SHOWN_MS } } }));
}

export function forgetTyping(conversation: string): void {
  useDesk.setState(({ typing }) => {
    const { [conversation]: _gone, ...rest } = typing;
    return { typing: rest };
  });
}
