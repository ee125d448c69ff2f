/** What the API at the desk host says. Times are ISO 8601 UTC; ids are UUID strings. */

export type Role = "agent" | "supervisor" | "operator" | "client";

export interface Client {
  id: string;
  name: string;
  mark: string;
  color: string;
  slug: string;
  languages: string[];
  time_zone: string;
  tone: string;
}

export type ClientTile = Pick<Client, "id" | "name" | "mark" | "color">;

export interface Me {
  id: string;
  name: string;
  email: string;
  language: string;
  time_zone: string;
  roles: Role[];
  tenant: ClientTile | null;
  clients: Client[];
  mfa_enabled: boolean;
}

export type AgentStatus =
  | "available"
  | "busy"
  | "wrap_up"
  | "break"
  | "training"
  | "not_responding"
  | "offline";

export interface AgentState {
  status: AgentStatus;
  reason: string;
  since: string;
  load: number;
  capacity: number;
  channels: string[];
}

export interface Clock {
  id: string;
  metric: string;
  state: "running" | "paused" | "met" | "breached" | "voided";
  target_seconds: number;
  elapsed_seconds: number;
  due_at: string | null;
  started_at: string;
  running_since: string | null;
  paused_reason: string;
  breached_at: string | null;
  met_at: string | null;
  within_target: boolean | null;
  clause: string;
  calendar: string;
  fraction: number;
  remaining_seconds: number;
  at_risk: boolean;
  /** Whether its hours are open now, so that its time runs. */
  counting: boolean;
}

export interface Work {
  id: string;
  tenant: ClientTile;
  conversation: string;
  case_number: string;
  customer_name: string;
  channel: string;
  channel_group: string;
  language: string;
  subject: string;
  preview: string;
  unread: number;
  last_message_at: string | null;
  state: "waiting" | "offered" | "active" | "wrap_up" | "done" | "abandoned" | "handed_on";
  status: ConversationStatus;
  priority: string;
  entered_at: string;
  offered_at: string | null;
  offer_expires_at: string | null;
  accepted_at: string | null;
  wrap_up_ends_at: string | null;
  clocks: Clock[];
  reason: Record<string, unknown>;
}

export interface Desk {
  /** Null before this person first sets a state. */
  state: AgentState | null;
  offers: Work[];
  active: Work[];
  wrap_up: Work[];
  done_today: number;
  evaluations_unread: number;
  waiting_for_me: number;
}

export interface Changes {
  seq: number;
  changed: boolean;
  desk: Desk | null;
}

export type ConversationStatus = "open" | "waiting_customer" | "closed";

export interface ConversationHead {
  id: string;
  case_number: string;
  subject: string;
  status: ConversationStatus;
  opened_at: string;
  channel: string;
}

export interface Identity {
  kind: string;
  address: string;
  verified: boolean;
}

export interface Customer {
  id: string;
  name: string;
  language: string;
  since: string;
  identities: Identity[];
  conversations: ConversationHead[];
}

export interface Shop {
  name: string;
  mark: string;
  color: string;
  tone: string;
  languages: string[];
  time_zone: string;
  local_time: string;
  open_now: boolean | null;
  next_change: string | null;
  alias: string;
}

export interface Choice {
  code: string;
  label: string;
}

export interface Conversation extends ConversationHead {
  language: string;
  category: string;
  order_number: string;
  priority: string;
  closed_at: string | null;
  contact_reason: string;
  last_seq: number;
  customer: Customer;
  work: Work | null;
  clocks: Clock[];
  shop: Shop;
  contact_reasons: Choice[];
}

export interface Attachment {
  id: string;
  name: string;
  content_type: string;
  size: number;
  url: string;
}

export type Delivery = "received" | "pending" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";

export interface Message {
  id: string;
  seq: number;
  direction: "in" | "out" | "note" | "event";
  author: "shopper" | "agent" | "system";
  alias: string;
  person_name: string | null;
  channel: string;
  text: string;
  html: string;
  event: Record<string, unknown>;
  language: string;
  created_at: string;
  delivery: Delivery;
  delivery_error: string;
  attachments: Attachment[];
  headers: { subject?: string; from?: string; to?: string | string[] };
}

export interface Thread {
  conversation: Conversation;
  messages: Message[];
}

export interface Found {
  tenant: ClientTile;
  conversation: string;
  case_number: string;
  customer_name: string;
  subject: string;
  status: ConversationStatus;
  opened_at: string;
}
