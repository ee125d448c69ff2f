/** The desk's API, one function a call. */

import type { components, paths } from "../shared/api";
import { callsOf } from "../shared/api/typed";
import type { AgentStatus } from "../shared/model";

export const { get, post, put, patch, remove } = callsOf<paths>();
type Shapes = components["schemas"];

const TALK = "/api/desk/clients/{tenant}/conversations/{conversation}";

export const door = () => get("/api/door");
export const me = () => get("/api/me");
export const changeMe = (change: Shapes["PatchedMyChoicesRequest"]) => patch("/api/me", { body: change });

export const changesSince = (since: number) => get("/api/desk/changes", { query: { since } });
export const setState = (status: AgentStatus, reason?: string) =>
  post("/api/desk/state", { body: reason ? { status, reason } : { status } });
export const next = async () => (await post("/api/desk/next")).work;
export const accept = (work_item: string) => post("/api/desk/work/{work_item}/accept", { path: { work_item } });
export const decline = (work_item: string, reason: string) =>
  post("/api/desk/work/{work_item}/decline", { path: { work_item }, body: { reason } });
export const finishWrapUp = (work_item: string) => post("/api/desk/work/{work_item}/finish-wrap-up", { path: { work_item } });
export const targets = (work_item: string) => get("/api/desk/work/{work_item}/transfer", { path: { work_item } });
export const putOff = (work_item: string, until: Shapes["PutOffRequest"]) =>
  post("/api/desk/work/{work_item}/put-off", { path: { work_item }, body: until });
export const transfer = (work_item: string, to: Shapes["TransferToRequest"]) =>
  post("/api/desk/work/{work_item}/transfer", { path: { work_item }, body: to });

export const thread = (tenant: string, conversation: string) => get(TALK, { path: { tenant, conversation } });
export const messagesAfter = (tenant: string, conversation: string, after: number) =>
  get(`${TALK}/messages`, { path: { tenant, conversation }, query: { after } });
export const messagesBefore = (tenant: string, conversation: string, before: number) =>
  get(`${TALK}/messages`, { path: { tenant, conversation }, query: { before } });
export const typing = (tenant: string, conversation: string) => post(`${TALK}/typing`, { path: { tenant, conversation } });
export const read = (tenant: string, conversation: string, seq: number) =>
  post(`${TALK}/read`, { path: { tenant, conversation }, body: { seq } });
export const needNoReply = (tenant: string, conversation: string, client_key: string) =>
  post(`${TALK}/no-reply-needed`, { path: { tenant, conversation }, body: { client_key } });
export const askClient = (tenant: string, conversation: string, body: Shapes["NewApprovalRequest"]) =>
  post(`${TALK}/approvals`, { path: { tenant, conversation }, body });
export const takeBack = (tenant: string, conversation: string, approval: string) =>
  post(`${TALK}/approvals/{approval}/withdraw`, { path: { tenant, conversation, approval } });
/** A key of the step itself: pressed again after a lost answer, it is the same step. */
export const close = (tenant: string, conversation: string, contact_reason: string, note: string, client_key: string) =>
  post(`${TALK}/close`, { path: { tenant, conversation }, body: { contact_reason, client_key, ...(note && { note }) } });
export const decide = (tenant: string, conversation: string, message: string, decision: "arrived" | "send_again", client_key: string) =>
  post(`${TALK}/messages/{message}/decide`, { path: { tenant, conversation, message }, body: { decision, client_key } });

export interface Saying {
  text: string;
  client_key: string;
  waiting_for_customer?: boolean;
  despite?: Shapes["BrandReason"];
}

export function reply(tenant: string, conversation: string, said: Saying, files: readonly File[]) {
  const path = { tenant, conversation };
  if (files.length === 0) return post(`${TALK}/reply`, { path, body: said });
  const form = new FormData();
  form.set("text", said.text);
  form.set("client_key", said.client_key);
  if (said.waiting_for_customer) form.set("waiting_for_customer", "true");
  if (said.despite) form.set("despite", said.despite);
  files.forEach((file) => form.append("files", file));
  return post(`${TALK}/reply`, { path, body: form });
}

export const addNote = (tenant: string, conversation: string, { text, client_key }: Saying) =>
  post(`${TALK}/notes`, { path: { tenant, conversation }, body: { text, client_key } });

export const search = (q: string, signal?: AbortSignal) => get("/api/desk/search", { query: { q }, signal });
