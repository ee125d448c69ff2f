/** What a shop's public doors answer, by the names that the pages use. Times are ISO 8601 in UTC. */

import type { components } from "../shared/api-shop";

type Shapes = components["schemas"];

export type Shop = Shapes["Shop"];
export type Hours = Shapes["Hours"];
export type Wait = Shapes["Wait"];
export type Offers = Shapes["Offers"];
export type Promised = Shapes["Promise"];
export type Window = Shapes["Window"];
export type Limits = Shapes["Limits"];
export type Config = Shapes["WidgetConfig"];
export type Said = Shapes["ShownMessage"];
export type SaidFile = Shapes["ShownAttachment"];
export type ConversationState = Shapes["WidgetConversation"];
export type Writing = Omit<Shapes["WidgetSayRequest"], "files">;
export type FormConfig = Shapes["FormConfig"];
export type Received = Shapes["FormSaid"];
export type CaseState = Shapes["Case"];

/** Events of the socket: they say "look", the API says what. */
export type Event =
  | { type: "hello"; seq?: number }
  | { type: "message.added"; seq: number }
  | { type: "message.state"; seq: number }
  | { type: "typing" }
  | { type: "conversation.changed" }
  | { type: "wait.changed"; conversation: string; position: number; kind: Wait["kind"]; minutes?: number; is_long?: boolean }
  | { type: "live.away" }
  | { type: "resync" };
