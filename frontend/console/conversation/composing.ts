/** What is being written: kept as a draft, told to the other side, and sent. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Conversation } from "../../shared/model";
import { typing } from "../api";
import { useMe } from "../session";
import type { Files } from "./ComposerFiles";
import { draftOf, keepDraft, type Mode } from "./drafts";
import { say as sayIt } from "./outbox";

export const CHARS_MAX = 20_000;
const TYPING_EVERY_MS = 3000;

export function useDraft(conversation: string, mode: Mode) {
  const [texts, setTexts] = useState(() => ({ reply: draftOf(conversation, "reply"), note: draftOf(conversation, "note") }));
  useEffect(() => {
    const again = () => setTexts({ reply: draftOf(conversation, "reply"), note: draftOf(conversation, "note") });
    window.addEventListener("draft", again);
    return () => window.removeEventListener("draft", again);
  }, [conversation]);
  const write = (text: string) => {
    setTexts((kept) => ({ ...kept, [mode]: text }));
    keepDraft(conversation, mode, text);
  };
  return { text: texts[mode], write };
}

interface Submit {
  tenant: string;
  conversation: Conversation;
  mode: Mode;
  draft: ReturnType<typeof useDraft>;
  files: Files;
  waiting: boolean;
}

export function useSubmit({ tenant, conversation, mode, draft, files, waiting }: Submit): () => void {
  const client = useQueryClient();
  const me = useMe();
  return () => {
    const text = draft.text.trim();
    if ((!text && files.list.length === 0) || text.length > CHARS_MAX) return;
    const said = { owner: me.id, tenant, conversation: conversation.id, mode, text, after: conversation.last_seq };
    sayIt(client, { ...said, waiting: mode === "reply" && waiting }, mode === "reply" ? files.list : []);
    draft.write("");
    files.clear();
  };
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
