import type { AgentStatus, ClientTile, Clock } from "./model";

export interface FloorQueue {
  queue: { id: string; name: string; channel_group: string };
  tenant: ClientTile;
  waiting: number;
  longest_wait_seconds: number;
  offered: number;
  active: number;
  service_level: { met: number; counted: number; share: number | null; goal?: number | null };
  at_risk: number;
  last_hour: { arrived: number; finished: number; abandoned: number };
}

export interface FloorAgent {
  id: string;
  name: string;
  status: AgentStatus;
  reason: string;
  since: string;
  load: number;
  capacity: number;
  languages: { code: string; level: number }[];
  clients: string[];
  active: number;
  last_heartbeat: string | null;
}

export interface FloorWaiting {
  work: string;
  conversation: string;
  tenant: ClientTile;
  channel: string;
  language: string;
  waited_seconds: number;
  due_at: string | null;
  able_agents: number;
}

export interface Floor {
  at: string;
  /** False if nothing gives work out at present. */
  dispatcher_alive: boolean;
  queues: FloorQueue[];
  agents: FloorAgent[];
  waiting: FloorWaiting[];
}

export interface Finished {
  work: string;
  conversation: string;
  tenant: ClientTile;
  case_number: string;
  agent: { id: string; name: string } | null;
  channel: string;
  language: string;
  finished_at: string;
  contact_reason: string;
  contact_reason_label: string;
  handle_seconds: number | null;
  clocks: Clock[];
  evaluation: { id: string; percent: number } | null;
}

export interface Page<Row> {
  results: Row[];
  next: string | number | null;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  roles: string[];
  languages: { code: string; level: number }[];
  clients: ClientTile[];
  is_active: boolean;
}

export interface UsageSums {
  conversations: number;
  minutes: string | number;
}

export interface InvoiceHead {
  id: string;
  tenant: ClientTile;
  status: "draft" | "issued";
  number: string | null;
  period: string;
  currency: string;
  net: string;
  vat_percent: string;
  vat: string;
  total: string;
  made_at: string;
  issued_at: string | null;
  due_on: string | null;
}

export interface InvoiceLine {
  id: string;
  position: number;
  description: string;
  quantity: string;
  unit: string;
  unit_price: string;
  amount: string;
  /** How many stand behind it; 0 for a fixed amount. */
  conversations: number;
}

export const CAUTIONS = ["unpriced", "late", "month_not_over", "draft_outdated", "client_address_missing", "client_tax_id_missing"] as const;

export interface Invoice extends InvoiceHead {
  sha256: string;
  rate_card: number;
  cautions: { code: (typeof CAUTIONS)[number]; count: number }[];
  lines: InvoiceLine[];
}

export interface BillingRow {
  tenant: ClientTile;
  period: string;
  usage: UsageSums;
  invoice: InvoiceHead | null;
  issued: InvoiceHead[];
}

export interface BilledConversation {
  conversation: string;
  case_number: string;
  channel: string;
  finished_at: string;
  quantity: string;
  tenant: string;
}

export interface NewShop {
  name: string;
  slug: string;
  country: string;
  languages: string[];
  time_zone: string;
  mark: string;
  color: string;
  currency: string;
  tone: string;
  legal_name: string;
  tax_id: string;
  postal_address: string;
}
