/** What is being written: kept as a draft, told to the other side, and sent. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Conversation, Message } from "../../shared/model";
import { typing } from "../api";
import { useMe } from "../session";
import { fitsEnvelope } from "./addresses";
import { leavesByMail, newsSince, seenUpTo } from "./collision";
import type { Files } from "./ComposerFiles";
import { draftOf, forget, useDrafts, write, type Envelope, type Mode } from "./drafts";
import { namedIn, type Colleague } from "./naming";
import { say as sayIt } from "./outbox";

export const CHARS_MAX = 20_000;
const TYPING_EVERY_MS = 3000;

export function useDraft(tenant: string, conversation: string, mode: Mode, messages: Message[]) {
  const name = `${conversation}.${mode}`;
  const draft = useDrafts((state) => state.drafts[name]) ?? draftOf(conversation, mode);
  useEffect(() => {
    // From now on this window hears of the draft.
    useDrafts.setState(({ drafts }) => (drafts[name] ? {} : { drafts: { ...drafts, [name]: draftOf(conversation, mode) } }));
  }, [name, conversation, mode]);
  const begun = draft.text.trim() ? draft.began || seenBy(messages, draft.at) : 0;
  const began = begun || (messages.at(-1)?.seq ?? 0);
  return {
    text: draft.text,
    envelope: draft.envelope,
    began: begun,
    write: (text: string) => write(tenant, conversation, mode, { text, began: text.trim() ? began : 0 }),
    address: (envelope: Envelope) => write(tenant, conversation, mode, { envelope }),
    forget: () => forget(conversation, mode),
  };
}

/** The last message there was when a draft was saved elsewhere. */
function seenBy(messages: Message[], at: string | undefined): number {
  return at ? (messages.findLast((message) => Date.parse(message.created_at) <= Date.parse(at))?.seq ?? 0) : 0;
}

interface Submit {
  tenant: string;
  conversation: Conversation;
  messages: Message[];
  mode: Mode;
  draft: ReturnType<typeof useDraft>;
  files: Files;
  waiting: boolean;
  people: Colleague[];
}

interface Sending {
  /** Until then it waits; without one, a mail waits for an undo only. */
  sendAt?: string;
  /** Its writer has seen everything that is there. */
  isSeen?: boolean;
}

/** ``send`` says what of others it was stopped by, and sends nothing then. */
export function useSubmit({ tenant, conversation, messages, mode, draft, files, waiting, people }: Submit) {
  const client = useQueryClient();
  const me = useMe();
  const byMail = leavesByMail(conversation);
  const send = ({ sendAt, isSeen }: Sending = {}): Message[] => {
    const text = draft.text.trim();
    const attached = mode === "reply" ? files.list : [];
    if ((!text && attached.length === 0) || text.length > CHARS_MAX || !fitsEnvelope(draft.envelope)) return [];
    const last = messages.at(-1)?.seq ?? conversation.last_seq;
    const seen = isSeen ? last : seenUpTo(messages, draft.began, me.name, byMail);
    const news = mode === "reply" ? newsSince(messages, seen, me.name) : [];
    if (news.length) return news;
    const said = { owner: me.id, tenant, conversation: conversation.id, mode, text, after: conversation.last_seq };
    const more =
      mode === "note"
        ? { mentions: namedIn(text, people) }
        : { envelope: filled(draft.envelope), seen, ...((byMail || sendAt) && { hold: sendAt ? { send_at: sendAt } : {} }) };
    sayIt(client, { ...said, ...more, waiting: mode === "reply" && waiting }, attached);
    draft.forget();
    if (mode === "reply") files.clear();
    return [];
  };
  return send;
}

const filled = (envelope: Envelope): Envelope => Object.fromEntries(Object.entries(envelope).filter(([, value]) => value?.trim()));

/** What stopped the answer that was to be sent, until its writer has decided. */
export function useCollision(send: (sending?: Sending) => Message[]) {
  const [stopped, setStopped] = useState<{ news: Message[]; sending: Sending } | null>(null);
  const attempt = (sending: Sending = {}) => {
    const news = send(sending);
    if (news.length) setStopped({ news, sending });
  };
  const sendAnyway = () => {
    const { sending } = stopped!;
    setStopped(null);
    send({ ...sending, isSeen: true });
  };
  return { attempt, news: stopped?.news, sendAnyway, stay: () => setStopped(null) };
}

/** Tells the other side that someone writes, at most every three seconds. */
export function useTyping(tenant: string, conversation: string, isReply: boolean): () => void {
  const last = useRef(0);
  return () => {
    if (!isReply || Date.now() - last.current < TYPING_EVERY_MS) return;
    last.current = Date.now();
    typing(tenant, conversation).catch(() => undefined);
  };
}
