/** The messages of a conversation as it is read: days, and turns of one speaker. Pure. */

import type { Message } from "../../shared/model";
import { dayKey } from "../../shared/time/words";

export type Block =
  | { kind: "day"; key: string; at: string }
  | { kind: "event"; key: string; message: Message }
  | { kind: "turn"; key: string; side: "in" | "out" | "note"; messages: Message[] };

const APART_MS = 10 * 60_000;

export function blocksOf(messages: Message[], zone?: string): Block[] {
  const blocks: Block[] = [];
  let day = "";
  for (const message of messages) {
    const today = dayKey(message.created_at, zone);
    if (today !== day) blocks.push({ kind: "day", key: `day-${today}-${message.seq}`, at: message.created_at });
    day = today;
    const last = blocks.at(-1);
    if (message.direction === "event") blocks.push({ kind: "event", key: message.id, message });
    else if (last?.kind === "turn" && continues(last.messages.at(-1)!, message)) last.messages.push(message);
    else blocks.push({ kind: "turn", key: message.id, side: message.direction, messages: [message] });
  }
  return blocks;
}

function continues(before: Message, message: Message): boolean {
  return (
    before.direction === message.direction &&
    before.author === message.author &&
    before.alias === message.alias &&
    before.person_name === message.person_name &&
    Date.parse(message.created_at) - Date.parse(before.created_at) < APART_MS
  );
}
