/** The portal's API at the shop's own host. Shares and amounts come as decimals in text; nothing is computed from them here. */

import { get, patch, post } from "../shared/api/http";
import type { Attachment, Clock as DeskClock, Me } from "../shared/model";

export type Decimal = string | number;
export type Outcome = "met" | "breached" | "running" | "excluded";

export interface Clause {
  code: string;
  title: string;
  sentence: string;
  version: number;
  metric: string;
  channel_group: string;
  goal: Decimal;
  minimum: number;
  counted: number;
  met: number;
  breached: number;
  running: number;
  /** Reason → number. */
  excluded: Record<string, number>;
  share: Decimal | null;
  judged: boolean;
  kept: boolean | null;
  points_off: Decimal;
  per_point: Decimal;
  cap_points: Decimal;
  penalty: Decimal;
}

export interface LiveQueue {
  id: string;
  name: string;
  channel_group: string;
  waiting: number;
  longest_wait_seconds: number;
  open_now: boolean;
  next_change: string | null;
}

export interface Overview {
  period: { month: string; start: string; end: string; time_zone: string; is_over: boolean };
  /** Months that a contract covers, the running one first. */
  months: string[];
  cut_off: string;
  currency: string;
  clauses: Clause[];
  penalty: Decimal;
  live: { queues: LiveQueue[] };
  volume: {
    conversations: number;
    by_channel: { channel: string; count: number }[];
    by_language: { language: string; count: number }[];
    by_day: { day: string; count: number }[];
  };
  contact_reasons: { code: string; label: string; count: number }[];
  trend: { month: string; shares: Record<string, Decimal | null> }[];
}

export type Clock = DeskClock & { id: string };

export interface Row {
  id: string;
  case_number: string;
  channel: string;
  language: string;
  status: string;
  opened_at: string;
  closed_at: string | null;
  contact_reason: string;
  agent_alias: string;
  clocks: Clock[];
}

export interface Message {
  id: string;
  seq: number;
  direction: "in" | "out";
  author: "shopper" | "agent" | "system";
  alias: string;
  text: string;
  language: string;
  created_at: string;
  attachments: Attachment[];
}

export interface LedgerEvent {
  kind: string;
  at: string;
  cause: string;
  seq: number | null;
  reason: string;
  seconds: number | null;
  /** An alias, or empty. */
  by: string;
}

export interface LedgerClock extends Clock {
  events: LedgerEvent[];
}

export interface Case {
  conversation: Omit<Row, "clocks"> & { subject: string; order_number: string; customer_name: string };
  messages: Message[];
  clocks: LedgerClock[];
}

export interface Arithmetic {
  metric: string;
  version: number;
  calendar: { name: string; time_zone: string };
  steps: {
    kind: string;
    at: string;
    reason: string;
    /** Open seconds since the step before. */
    counted_seconds: number;
    elapsed_seconds: number;
    days: { day: string; seconds: number }[];
  }[];
  elapsed_seconds: number;
  target_seconds: number;
  comparison: "<=" | ">";
  within_target: boolean | null;
  agrees: boolean;
}

export interface Report {
  id: string;
  month: string;
  language: string;
  cut_off: string;
  issued_at: string;
  is_final: boolean;
  data_sha256: string;
  pdf_url: string;
  data_url: string;
}

export interface InvoiceLine {
  id: string;
  description: string;
  quantity: Decimal;
  unit: string;
  /** None where bands differ. */
  unit_price: Decimal | null;
  amount: Decimal;
}

export interface Invoice {
  id: string;
  number: string;
  month: string;
  issued_at: string;
  due_on: string | null;
  currency: string;
  net: Decimal;
  vat_percent: Decimal;
  vat: Decimal;
  total: Decimal;
  pdf_url: string;
  lines: InvoiceLine[];
}

export interface LineConversation {
  conversation: string;
  case_number: string;
  channel: string;
  finished_at: string;
  quantity: Decimal;
}

interface Page<T> {
  results: T[];
  next: number | null;
}

export const FILTERS = ["clause", "outcome", "channel", "language", "status", "reason", "day", "queue"] as const;
export type Filters = { month?: string } & Partial<Record<(typeof FILTERS)[number], string>>;

const BASE = "/api/portal";

export const me = () => get<Me>("/api/me");
export const overview = (month: string, lang: string) => get<Overview>(`${BASE}/overview?${ask({ month, lang })}`);
export const conversation = (id: string, lang: string) => get<Case>(`${BASE}/conversations/${id}?${ask({ lang })}`);
export const recompute = (clock: string) => get<Arithmetic>(`${BASE}/clocks/${clock}/recompute`);
export const reports = () => get<Report[]>(`${BASE}/reports`);
export const checkReport = (id: string) => get<Report & { holds: boolean }>(`${BASE}/reports/${id}`);
export const issueReport = (month: string, language: string) => post<Report>(`${BASE}/reports`, { month, language });
export const invoices = (lang: string) => get<Invoice[]>(`${BASE}/invoices?${ask({ lang })}`);
export const setLanguage = (language: string) => patch<Me>("/api/me", { language });

export function conversations(filters: Filters, page: number, lang: string) {
  return get<Page<Row>>(`${BASE}/conversations?${ask({ ...filters, page: String(page), lang })}`);
}

export function lineConversations(invoice: string, line: string, page: number) {
  return get<Page<LineConversation>>(`${BASE}/invoices/${invoice}/lines/${line}/conversations?page=${page}`);
}

function ask(params: Record<string, string | undefined>): string {
  return new URLSearchParams(Object.entries(params).filter((pair): pair is [string, string] => Boolean(pair[1]))).toString();
}
