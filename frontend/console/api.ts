/** The desk's API, one function a call. */

import { ask, get, patch, post } from "../shared/api/http";
import type { AgentState, AgentStatus, Changes, Conversation, Found, Me, Message, Thread, Work } from "../shared/model";

const query = (params: Record<string, string | undefined>) => {
  const given = Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given)}` : "";
};

export const withQuery = (path: string, params: Record<string, string | undefined>) => path + query(params);

const talk = (tenant: string, conversation: string) => `/api/desk/clients/${tenant}/conversations/${conversation}`;

export const me = () => get<Me>("/api/me");
export const changeMe = (change: { language?: string; time_zone?: string }) => patch<Me>("/api/me", change);

export const changesSince = (seq: number) => get<Changes>(`/api/desk/changes?since=${seq}`);
export const setState = (status: AgentStatus, reason?: string) =>
  post<AgentState>("/api/desk/state", reason ? { status, reason } : { status });
export const next = async () => (await post<{ work: Work | null }>("/api/desk/next")).work;
export const accept = (work: string) => post<Work>(`/api/desk/work/${work}/accept`);
export const decline = (work: string, reason: string) => post(`/api/desk/work/${work}/decline`, { reason });
export const finishWrapUp = (work: string) => post(`/api/desk/work/${work}/finish-wrap-up`);
export interface Targets {
  queues: { id: string; name: string; channel_group: string }[];
  agents: { id: string; name: string }[];
}

export const targets = (work: string) => get<Targets>(`/api/desk/work/${work}/transfer`);
export const transfer = (work: string, to: { queue?: string; agent?: string; note?: string }) =>
  post(`/api/desk/work/${work}/transfer`, to);

export const thread = (tenant: string, conversation: string) => get<Thread>(talk(tenant, conversation));
export const messagesAfter = (tenant: string, conversation: string, seq: number) =>
  get<{ messages: Message[]; last_seq: number }>(`${talk(tenant, conversation)}/messages?after=${seq}`);
export const typing = (tenant: string, conversation: string) => post(`${talk(tenant, conversation)}/typing`);
export const read = (tenant: string, conversation: string, seq: number) =>
  post(`${talk(tenant, conversation)}/read`, { seq });
export const close = (tenant: string, conversation: string, contact_reason: string, note: string) =>
  post<{ ok: boolean }>(`${talk(tenant, conversation)}/close`, note ? { contact_reason, note } : { contact_reason });

export interface Saying {
  text: string;
  client_key: string;
  waiting_for_customer?: boolean;
}

export function reply(tenant: string, conversation: string, said: Saying, files: readonly File[]) {
  const path = `${talk(tenant, conversation)}/reply`;
  if (files.length === 0) return ask<Message>("POST", path, said);
  const form = new FormData();
  form.set("text", said.text);
  form.set("client_key", said.client_key);
  if (said.waiting_for_customer) form.set("waiting_for_customer", "true");
  files.forEach((file) => form.append("files", file));
  return ask<Message>("POST", path, form);
}

export const addNote = (tenant: string, conversation: string, said: Saying) =>
  ask<Message>("POST", `${talk(tenant, conversation)}/notes`, { text: said.text, client_key: said.client_key });

export const search = async (words: string, signal?: AbortSignal) =>
  (await get<{ results: Found[] }>(`/api/desk/search${query({ q: words })}`, signal)).results;

export type { Conversation };
