/** Why the dispatcher chose this agent, in sentences, from the terms it stored. */

import type { Say } from "../../shared/i18n/use";
import { asLeft } from "../../shared/time/words";
import type { Key } from "../words/load";

interface Terms {
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
};

function byHand(words: string, say: Say<Key>): string[] {
  const known = BY_HAND[words];
  return known ? [say(known)] : words ? [words] : [];
}

export function whyWords(reason: Record<string, unknown>, say: Say<Key>): string[] {
  const terms = reason as Terms;
  if (terms.waited === undefined) return byHand(terms.words ?? "", say);
  return [
    say("talk.why.waited", { time: asLeft(terms.waited) }),
    terms.preferred ? say("talk.why.preferred") : terms.level !== undefined && say("talk.why.level", { level: terms.level }),
    terms.idle !== undefined && say("talk.why.idle", { time: asLeft(terms.idle) }),
    terms.alternatives !== undefined && say("talk.why.alternatives", { count: terms.alternatives }),
    Boolean(terms.relaxed?.length) && say("talk.why.relaxed", { skills: terms.relaxed!.join(", ") }),
  ].filter((sentence) => sentence !== false);
}
