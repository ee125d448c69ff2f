import type { Say } from "../shared/i18n/use";
import type { Key } from "./words/load";

const KNOWN = ["webchat", "email", "form", "relay"] as const;

/** A channel's name in words; one that this screen does not know keeps its own. */
export function nameChannel(channel: string, say: Say<Key>): string {
  const known = KNOWN.find((each) => each === channel);
  return known ? say(`channel.${known}`) : channel;
}

const STATUSES = ["open", "waiting_customer", "waiting_client", "closed"] as const;

export function nameStatus(status: string, say: Say<Key>): string {
  const known = STATUSES.find((each) => each === status);
  return known ? say(`status.${known}`) : status;
}
