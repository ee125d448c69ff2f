/** What the widget's API answers (conversations/urls_shop.py). Times are ISO 8601 in UTC. */

export interface Shop {
  name: string;
  mark: string;
  color: string;
  languages: string[];
  language: string;
}

export interface Hours {
  open_now: boolean;
  next_change: string | null;
  time_zone: string;
}

export interface Wait {
  kind: "closed" | "none" | "about" | "unknown";
  seconds?: number | null;
}

export interface Limits {
  message_chars: number;
  attachment_bytes: number;
  attachments: number;
}

export interface Config {
  shop: Shop;
  /** The public key of the line: what the widget is opened with. */
  key: string;
  hours: Hours;
  team: string[];
  wait: Wait;
  limits: Limits;
}

export interface SaidFile {
  id: string;
  name: string;
  content_type: string;
  size: number;
  url: string;
}

export interface Said {
  seq: number;
  direction: "in" | "out";
  author: "shopper" | "agent" | "system";
  alias: string;
  text: string;
  created_at: string;
  attachments: SaidFile[];
  delivery: string;
  client_key?: string | null;
}

export interface ConversationState {
  conversation: string | null;
  case_number: string;
  status: "new" | "open" | "waiting_customer" | "closed";
  messages: Said[];
  last_seq: number;
  agent: { alias: string } | null;
  position?: number | null;
}

export interface Accepted {
  conversation: string;
  case_number: string;
  seq: number;
  status: string;
  refused_files?: { name: string; reason: string }[];
}

/** Events of the socket: they say "look", the API says what. */
export type Event =
  | { type: "hello"; seq?: number }
  | { type: "message.added"; seq: number }
  | { type: "message.state"; seq: number }
  | { type: "typing" }
  | { type: "conversation.changed" }
  | { type: "resync" };
