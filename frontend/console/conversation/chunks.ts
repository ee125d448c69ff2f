/** The blocks of a long conversation in lots, so that one message more draws one lot anew. Pure. */

import type { Conversation } from "../../shared/model";
import type { Block } from "./grouping";

/** Messages in a lot, by their numbers: where a lot begins does not move as earlier ones come before it. */
const EACH = 40;
const AT_FIRST = 60;

export interface Chunk {
  key: number;
  blocks: Block[];
  /** How many messages: a guess at its height before it was drawn. */
  size: number;
}

/** The number from which a conversation is shown that has just been opened. */
export function firstShown(lastSeq: number): number {
  return startOf(Math.max(1, lastSeq - AT_FIRST + 1));
}

/** The number from which one lot more is shown. */
export function oneMore(from: number): number {
  return startOf(from - 1);
}

function startOf(seq: number): number {
  return Math.floor(seq / EACH) * EACH;
}

export function chunksOf(blocks: Block[]): Chunk[] {
  const chunks: Chunk[] = [];
  let days: Block[] = [];
  for (const block of blocks) {
    if (block.kind === "day") {
      days.push(block);
      continue;
    }
    const messages = block.kind === "turn" ? block.messages : [block.message];
    const key = startOf(messages[0]!.seq);
    if (chunks.at(-1)?.key !== key) chunks.push({ key, blocks: [], size: 0 });
    const chunk = chunks.at(-1)!;
    chunk.blocks.push(...days, block);
    chunk.size += messages.length;
    days = [];
  }
  return chunks;
}

export function isAlike(one: Chunk, other: Chunk): boolean {
  return one.blocks.length === other.blocks.length && one.blocks.every((block, place) => isSame(block, other.blocks[place]!));
}

function isSame(one: Block, other: Block): boolean {
  if (one.key !== other.key) return false;
  if (one.kind === "turn" && other.kind === "turn")
    return one.messages.length === other.messages.length && one.messages.every((message, place) => message === other.messages[place]);
  return one.kind !== "event" || (other.kind === "event" && one.message === other.message);
}

/** What of a conversation its messages show; its clocks, work and numbers change with every message. */
const SHOWN = ["id", "customer", "contact_reason", "contact_reasons", "channel", "status"] as const;

export function showsAlike(one: Conversation, other: Conversation): boolean {
  return SHOWN.every((name) => one[name] === other[name]);
}
