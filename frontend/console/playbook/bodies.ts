/** What an item of each kind holds, as the editors change it. */

import type { Kind } from "./api";

export type Texts = Record<string, string>;

export interface Action {
  do: "reply" | "note" | "put_off" | "transfer" | "close";
  texts?: Texts;
  wait?: boolean;
  as_is?: boolean;
  text?: string;
  hours?: number;
  queue?: string;
  skill?: string;
  reason?: string;
}

export interface Step {
  title: string;
  text: string;
}

export interface Grant {
  what: string;
  up_to: string;
  beyond: "lead" | "client" | "nobody";
}

export interface Bodies {
  reply: { texts: Texts; as_is: boolean };
  macro: { actions: Action[] };
  procedure: { when: string; steps: Step[] };
  bulletin: { text: string; until: string };
  rules: { tone: string; returns: string; grants: Grant[] };
}

export const KINDS: Kind[] = ["reply", "macro", "procedure", "bulletin", "rules"];

export function emptyBody<K extends Kind>(kind: K, language: string, tone: string): Bodies[K] {
  const all: Bodies = {
    reply: { texts: { [language]: "" }, as_is: false },
    macro: { actions: [{ do: "reply", texts: { [language]: "" }, wait: false, as_is: false }] },
    procedure: { when: "", steps: [{ title: "", text: "" }] },
    bulletin: { text: "", until: "" },
    rules: { tone, returns: "", grants: [{ what: "", up_to: "", beyond: "lead" }] },
  };
  return all[kind];
}

/** Everything that is written in it, to be searched. */
export function wordsOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (body && typeof body === "object") return Object.values(body).map(wordsOf).join(" ");
  return "";
}

/** A list with one of its rows changed, or (with nothing) left out. */
export function withRow<T>(rows: T[], place: number, row?: T): T[] {
  return row === undefined ? rows.filter((_, at) => at !== place) : rows.map((each, at) => (at === place ? row : each));
}

export function movedUp<T>(rows: T[], place: number): T[] {
  const moved = [...rows];
  moved.splice(place - 1, 2, rows[place]!, rows[place - 1]!);
  return moved;
}
