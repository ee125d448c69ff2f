import type { Config, ConversationState, Offers, Promised, Wait } from "./contract";
import type { RefusedFile } from "./refusals";
import type { Link } from "./socket";
import * as threads from "./thread";

export interface State {
  phase: "loading" | "ready" | "failed" | "unavailable";
  config: Config | null;
  thread: threads.Thread;
  conversation: string | null;
  caseNumber: string | null;
  status: ConversationState["status"];
  agent: string | null;
  position: number | null;
  wait: Wait | null;
  offers: Offers | null;
  promise: Promised | null;
  hasLeft: boolean;
  link: Link;
  /** The socket stands, but no doorbell reaches it: the talk asks by itself. */
  isDeaf: boolean;
  online: boolean;
  isTyping: boolean;
  /** Files of the last message that the server did not take. */
  refusedFiles: readonly RefusedFile[];
  read: number;
}

export interface Draft {
  text: string;
  files: readonly File[];
  name: string;
  email: string;
}

export const START: State = {
  phase: "loading",
  config: null,
  thread: threads.EMPTY,
  conversation: null,
  caseNumber: null,
  status: "new",
  agent: null,
  position: null,
  wait: null,
  offers: null,
  promise: null,
  hasLeft: false,
  link: "none",
  isDeaf: false,
  online: true,
  isTyping: false,
  refusedFiles: [],
  read: 0,
};
