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
  subject?: string;
  to?: string;
  cc?: string;
  seen_seq?: number;
  mentions?: string[];
}

function asForm({ mentions: _none, ...said }: Saying & { send_at?: string }, files: readonly File[]): FormData {
  const form = new FormData();
  Object.entries(said).forEach(([name, value]) => value !== undefined && value !== false && form.set(name, String(value)));
  files.forEach((file) => form.append("files", file));
  return form;
}

export const reply = (tenant: string, conversation: string, said: Saying, files: readonly File[]) =>
  post(`${TALK}/reply`, { path: { tenant, conversation }, body: files.length ? asForm(said, files) : said });
/** Leaves in some seconds unless it is undone, or at ``send_at``. */
export const hold = (tenant: string, conversation: string, said: Saying & { send_at?: string }, files: readonly File[]) =>
  post(`${TALK}/held`, { path: { tenant, conversation }, body: files.length ? asForm(said, files) : said });
export const changeHeld = (tenant: string, conversation: string, held: string, body: { text?: string; send_at?: string }) =>
  patch(`${TALK}/held/{held}`, { path: { tenant, conversation, held }, body });
export const cancelHeld = (tenant: string, conversation: string, held: string) =>
  post(`${TALK}/held/{held}/cancel`, { path: { tenant, conversation, held } });
export const sendHeld = (tenant: string, conversation: string, held: string) =>
  post(`${TALK}/held/{held}/send`, { path: { tenant, conversation, held } });
export const unsent = (tenant: string, conversation: string) => get(`${TALK}/unsent`, { path: { tenant, conversation } });
export const saveDraft = (tenant: string, conversation: string, body: Shapes["DraftToSaveRequest"]) =>
  put(`${TALK}/draft`, { path: { tenant, conversation }, body });
export const colleagues = async (tenant: string) => (await get("/api/desk/clients/{tenant}/colleagues", { path: { tenant } })).people;
export const mentions = () => get("/api/desk/mentions");
export const sawMentions = (tenant: string, conversation: string) => post(`${TALK}/mentions/seen`, { path: { tenant, conversation } });
export const peek = (tenant: string, conversation: string) => get(`${TALK}/peek`, { path: { tenant, conversation } });

export const addNote = (tenant: string, conversation: string, { text, client_key, mentions }: Saying) =>
  post(`${TALK}/notes`, { path: { tenant, conversation }, body: { text, client_key, ...(mentions?.length && { mentions }) } });

export const search = (q: string, signal?: AbortSignal) => get("/api/desk/search", { query: { q }, signal });
