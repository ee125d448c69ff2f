import type { Say } from "../../shared/i18n/use";
import type { Key } from "../words/load";

const KNOWN = ["webchat", "email", "form", "relay"] as const;

export function channelWord(channel: string, say: Say<Key>): string {
  const known = KNOWN.find((each) => each === channel);
  return known ? say(`desk.channels.${known}`) : channel;
}

/** A word from the middle of a tree of words if there is one, else the code itself. */
export function wordOr<T extends string>(known: readonly T[], code: string, word: (found: T) => string): string {
  const found = known.find((each) => each === code);
  return found ? word(found) : code;
}

interface Queue {
  name: string;
  channel_group: string;
}

/** The only queue of its kind of channel is called by the kind, in the reader's language. */
export function queueWord(queue: Queue, all: Queue[], say: Say<Key>): string {
  const isOnly = all.filter((each) => each.channel_group === queue.channel_group).length === 1;
  return isOnly ? wordOr(["chat", "mail"] as const, queue.channel_group, (group) => say(`desk.groups.${group}`)) : queue.name;
}
