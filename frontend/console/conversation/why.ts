/** Why the dispatcher chose this agent, in sentences, from the terms it stored. */

import type { Say } from "../../shared/i18n/use";
import { asLeft } from "../../shared/time/words";
import type { Key } from "../words/load";

interface Terms {
  policy?: string;
  due_in?: number | null;
  price?: number | null;
  waited?: number;
  level?: number;
  idle?: number;
  alternatives?: number;
  preferred?: boolean;
  relaxed?: string[];
  words?: string;
}

/** What people did, as the rows say it, and as the screens do. */
const BY_HAND: Record<string, Key> = {
  "handed on by a colleague": "talk.why.transferred",
  "assigned by hand": "talk.why.assigned",
  "taken with Next": "talk.why.next",
  "put off": "talk.why.putOff",
};

function byHand(words: string, say: Say<Key>): string[] {
  const known = BY_HAND[words];
  return known ? [say(known)] : words ? [words] : [];
}

export function whyWords(reason: Record<string, unknown>, say: Say<Key>): string[] {
  const terms = reason as Terms;
  if (terms.waited === undefined) return byHand(terms.words ?? "", say);
  return [
    first(terms, terms.waited, say),
    terms.preferred ? say("talk.why.preferred") : terms.level !== undefined && say(terms.policy === "index" ? "talk.why.spared" : "talk.why.level", { level: terms.level }),
    terms.idle !== undefined && say("talk.why.idle", { time: asLeft(terms.idle) }),
    terms.alternatives !== undefined && say("talk.why.alternatives", { count: terms.alternatives }),
    Boolean(terms.relaxed?.length) && say("talk.why.relaxed", { skills: terms.relaxed!.join(", ") }),
  ].filter((sentence) => sentence !== false);
}

/** Why this one came first. */
function first({ policy, due_in, price }: Terms, waited: number, say: Say<Key>): string {
  if (policy !== "index") return say("talk.why.waited", { time: asLeft(waited) });
  if (due_in == null) return say("talk.why.noDue", { time: asLeft(waited) });
  const time = asLeft(Math.abs(due_in));
  if (due_in < 0) return say("talk.why.late", { time });
  return price == null ? say("talk.why.due", { time }) : say("talk.why.dueAt", { time, price: price.toFixed(2) });
}
