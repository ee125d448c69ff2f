/** An opened conversation in the query cache, kept whole as messages arrive. */

import { replaceEqualDeep, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { waitBefore } from "../../shared/live/backoff";
import type { Message, Thread } from "../../shared/model";
import * as api from "../api";

export const threadKey = (tenant: string, conversation: string) => ["thread", tenant, conversation] as const;

export function useThread(tenant: string, conversation: string) {
  return useQuery({
    queryKey: threadKey(tenant, conversation),
    queryFn: async ({ client, queryKey }) => joined(client.getQueryData<Thread>(queryKey), await api.thread(tenant, conversation)),
    staleTime: 10_000,
    structuralSharing: (known, fresh) => sharing(known as Thread | undefined, fresh as Thread),
  });
}

/** The server gives the end of a conversation; what is known from before it is kept, unless something between is missing. */
export function joined(known: Thread | undefined, fresh: Thread): Thread {
  const messages = merge(known?.messages ?? [], fresh.messages);
  return isWhole(messages) ? { ...fresh, messages } : fresh;
}

/** What has not changed stays the same object, message by message, wherever in the list it now stands. */
export function sharing(known: Thread | undefined, fresh: Thread): Thread {
  if (!known) return fresh;
  const bySeq = new Map(known.messages.map((message) => [message.seq, message]));
  const messages = fresh.messages.map((message) => replaceEqualDeep(bySeq.get(message.seq), message) as Message);
  return { conversation: replaceEqualDeep(known.conversation, fresh.conversation) as Thread["conversation"], messages };
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

const fetching = new Map<string, Promise<void>>();

/** Fetch what was said before the first message known; whoever asks meanwhile waits for the same. */
export function fetchEarlier(client: QueryClient, tenant: string, conversation: string): Promise<void> {
  const first = client.getQueryData<Thread>(threadKey(tenant, conversation))?.messages[0];
  if (!first || first.seq <= 1) return Promise.resolve();
  const running = fetching.get(conversation);
  if (running) return running;
  const asked = api
    .messagesBefore(tenant, conversation, first.seq)
    .then(({ messages }) => putMessages(client, tenant, conversation, messages))
    .finally(() => fetching.delete(conversation));
  fetching.set(conversation, asked);
  return asked;
}

/** For who reads it from its beginning: fetches until nothing is missing, and asks again where that failed. */
export function useWhole(tenant: string, conversation: string, messages: Message[]): void {
  const client = useQueryClient();
  const first = messages[0]?.seq ?? 1;
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    fetchEarlier(client, tenant, conversation).catch(() => (timer = setTimeout(() => setAttempt(attempt + 1), waitBefore(attempt))));
    return () => clearTimeout(timer);
  }, [client, tenant, conversation, first, attempt]);
}

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Fetch what came after ``after`` (default: the last message known) into an opened conversation. */
export async function grow(client: QueryClient, tenant: string, conversation: string, after?: number, attempt = 0): Promise<void> {
  const key = threadKey(tenant, conversation);
  const known = client.getQueryData<Thread>(key);
  if (!known) return;
  // Before the first one known there is nothing to bring up to date.
  const earliest = (known.messages[0]?.seq ?? 1) - 1;
  let from = Math.max(earliest, Math.min(after ?? Infinity, lastWhole(known.messages)));
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
