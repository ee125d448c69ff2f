/** An opened conversation in the query cache, kept whole as messages arrive. */

import { useQuery, type QueryClient } from "@tanstack/react-query";

import { waitBefore } from "../../shared/live/backoff";
import type { Message, Thread } from "../../shared/model";
import * as api from "../api";

export const threadKey = (tenant: string, conversation: string) => ["thread", tenant, conversation] as const;

export function useThread(tenant: string, conversation: string) {
  return useQuery({
    queryKey: threadKey(tenant, conversation),
    queryFn: () => api.thread(tenant, conversation),
    staleTime: 10_000,
  });
}

/** Messages by sequence number, each once; a later version of one replaces the earlier. */
export function merge(known: Message[], fresh: Message[]): Message[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  fresh.forEach((message) => bySeq.set(message.seq, message));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Whether nothing is missing between the first and the last message. */
export function isWhole(messages: Message[]): boolean {
  return messages.every((message, place) => place === 0 || message.seq === messages[place - 1]!.seq + 1);
}

export function putMessages(client: QueryClient, tenant: string, conversation: string, fresh: Message[]): void {
  client.setQueryData<Thread>(threadKey(tenant, conversation), (thread) => {
    if (!thread) return thread;
    const messages = merge(thread.messages, fresh);
    const last_seq = messages.at(-1)?.seq ?? thread.conversation.last_seq;
    return { messages, conversation: { ...thread.conversation, last_seq } };
  });
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Fetch what came after ``after`` (default: the last message known) into an opened conversation. */
export async function grow(client: QueryClient, tenant: string, conversation: string, after?: number, attempt = 0): Promise<void> {
  const key = threadKey(tenant, conversation);
  const known = client.getQueryData<Thread>(key);
  if (!known) return;
  let from = Math.min(after ?? Infinity, lastWhole(known.messages));
  try {
    for (;;) {
      const { messages, last_seq } = await api.messagesAfter(tenant, conversation, from);
      putMessages(client, tenant, conversation, messages);
      from = messages.at(-1)?.seq ?? last_seq;
      if (from >= last_seq) break;
    }
    const grown = client.getQueryData<Thread>(key);
    if (grown && !isWhole(grown.messages)) await client.invalidateQueries({ queryKey: key });
  } catch {
    // Nobody rings twice: what could not be fetched now is asked for again.
    clearTimeout(waiting.get(conversation));
    waiting.set(conversation, setTimeout(() => void grow(client, tenant, conversation, after, attempt + 1), waitBefore(attempt)));
  }
}

/** The number before the first gap. */
export function lastWhole(messages: Message[]): number {
  const place = messages.findIndex((message, at) => at > 0 && message.seq !== messages[at - 1]!.seq + 1);
  return (place === -1 ? messages.at(-1) : messages[place - 1])?.seq ?? 0;
}
