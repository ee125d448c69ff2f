import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";

import { Button, IconButton } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { typing } from "../api";
import { useDesk } from "../desk/store";
import { useMe } from "../session";
import { MOD, useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import { asSize } from "./Attachments";
import { draftOf, keepDraft, type Mode } from "./drafts";
import { say as sayIt } from "./outbox";

const LIMITS = { chars: 20_000, bytes: 10 * 1024 * 1024, files: 10 };
const TYPING_EVERY_MS = 3000;

interface Props {
  tenant: string;
  conversation: Conversation;
  isMine: boolean;
  onClose: () => void;
}

/** Always there, grows with what is written, and keeps a draft per conversation. */
export function Composer({ tenant, conversation, isMine, onClose }: Props) {
  const say = useWords();
  const mayReply = isMine && conversation.status !== "closed";
  const [mode, setMode] = useState<Mode>("reply");
  const shown = mayReply ? mode : "note";
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(conversation.id, shown);
  const files = useFiles();
  const [waiting, setWaiting] = useState(false);
  const submit = useSubmit({ tenant, conversation, mode: shown, draft, files, waiting });
  const turnTo = (next: Mode) => {
    // What is typed next must land in the field, so it has the focus before this key is over.
    flushSync(() => setMode(next));
    area.current?.focus();
  };
  useKeys({ ...(mayReply && { r: () => turnTo("reply") }), n: () => turnTo("note") });
  useLayoutEffect(() => {
    if (!mayReply || useDesk.getState().compose !== conversation.id) return;
    area.current?.focus();
    useDesk.setState({ compose: "" });
  }, [mayReply, conversation.id]);
  const tellTyping = useTyping(tenant, conversation.id, shown === "reply");
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") area.current?.blur();
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length && shown === "reply") files.add(event.clipboardData.files);
  };
  const customer = conversation.customer.name;
  const hint = say(shown === "note" ? "talk.notePlaceholder" : customer ? "talk.placeholder" : "talk.placeholderNoName", { customer });
  const over = draft.text.length - LIMITS.chars;
  return (
    <div className="shrink-0 border-t border-line bg-surface-1 px-4 pt-2 pb-3">
      <div className="mx-auto max-w-3xl">
        <Tabs mode={shown} mayReply={mayReply} onPick={turnTo} conversation={conversation} />
        {!mayReply && <p className="pb-1.5 text-12 text-text-2">{whyNot(conversation, isMine, say)}</p>}
        <div className={cx("rounded border focus-within:border-accent", shown === "note" ? "border-paper-line bg-paper" : "border-line-strong")}>
          <textarea
            ref={area}
            value={draft.text}
            rows={2}
            aria-label={hint}
            placeholder={hint}
            onChange={(event) => {
              draft.write(event.target.value);
              tellTyping();
            }}
            onKeyDown={onKey}
            onPaste={onPaste}
            className="grow block max-h-[38vh] min-h-16 w-full resize-none bg-transparent px-3 py-2 text-15 outline-none placeholder:text-text-3"
          />
          <FileList files={files} />
          <div className="flex items-center gap-2 px-2 pb-2">
            {shown === "reply" && <AttachButton onPick={files.add} />}
            {shown === "reply" && (
              <label className="flex min-w-0 items-center gap-1.5 text-12 text-text-2">
                <input type="checkbox" checked={waiting} onChange={(event) => setWaiting(event.target.checked)} className="accent-(--accent)" />
                <span className="truncate">{say("talk.waitToggle")}</span>
              </label>
            )}
            {over > 0 && <span className="num text-12 text-risk">{say("talk.tooLong", { count: over })}</span>}
            <span className="ml-auto flex gap-2">
              {mayReply && (
                <Button onClick={onClose} keys="E" className="max-sm:hidden">
                  {say("talk.closeAct")}
                </Button>
              )}
              <Button kind={shown === "note" ? "plain" : "client"} disabled={(!draft.text.trim() && files.list.length === 0) || over > 0} onClick={submit} keys={`${MOD}⏎`}>
                {say(shown === "note" ? "talk.addNote" : "talk.send")}
              </Button>
            </span>
          </div>
        </div>
      </div>
    </div>
  );
}

function whyNot(conversation: Conversation, isMine: boolean, say: ReturnType<typeof useWords>): string {
  if (conversation.status === "closed") return say("talk.closedText");
  return isMine ? "" : `${say("talk.notMine")}. ${say("talk.notMineText")}`;
}

interface TabsProps {
  mode: Mode;
  mayReply: boolean;
  conversation: Conversation;
  onPick: (mode: Mode) => void;
}

function Tabs({ mode, mayReply, conversation, onPick }: TabsProps) {
  const say = useWords();
  const language = useLanguage();
  const { shop } = conversation;
  const modes: Mode[] = mayReply ? ["reply", "note"] : ["note"];
  return (
    <div role="tablist" className="flex items-center gap-3 pb-1.5 text-12">
      {modes.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          aria-selected={mode === each}
          onClick={() => onPick(each)}
          className="rounded-sm py-0.5 text-text-2 aria-selected:font-semibold aria-selected:text-text-1"
        >
          {say(each === "reply" ? "talk.replyTab" : "talk.noteTab")} <kbd className="font-sans font-normal text-text-3 max-md:hidden pointer-coarse:hidden">{each === "reply" ? "R" : "N"}</kbd>
        </button>
      ))}
      <span className="ml-auto flex min-w-0 items-center gap-1.5 text-text-2">
        {mode === "reply" && <span aria-hidden className="size-2 shrink-0 rounded-full bg-client" />}
        <span className="truncate">
          {mode === "reply"
            ? `${say("talk.replyAs", { alias: shop.alias, client: shop.name })} ${say("talk.inLanguage", { language: languageName(conversation.language, language) })}`
            : say("talk.noteFor")}
        </span>
      </span>
    </div>
  );
}

function useDraft(conversation: string, mode: Mode) {
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

function useFiles() {
  const say = useWords();
  const language = useLanguage();
  const [list, setList] = useState<File[]>([]);
  const add = (picked: Iterable<File>) => {
    const fitting = [...picked].filter((file) => {
      if (file.size <= LIMITS.bytes) return true;
      toast(say("talk.tooBig", { name: file.name, size: asSize(LIMITS.bytes, language) }), { kind: "risk" });
      return false;
    });
    if (list.length + fitting.length > LIMITS.files) toast(say("talk.tooMany", { count: LIMITS.files }), { kind: "risk" });
    setList([...list, ...fitting].slice(0, LIMITS.files));
  };
  return { list, add, remove: (file: File) => setList(list.filter((each) => each !== file)), clear: () => setList([]) };
}

type Files = ReturnType<typeof useFiles>;

function FileList({ files }: { files: Files }) {
  const say = useWords();
  const language = useLanguage();
  if (files.list.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 px-2 pb-2">
      {files.list.map((file, place) => (
        <li key={place} className="flex h-7 max-w-64 items-center gap-1.5 rounded border border-line-strong bg-surface-1 pl-2 text-12">
          <span className="truncate">{file.name}</span>
          <span className="num text-text-3">{asSize(file.size, language)}</span>
          <IconButton label={say("talk.removeFile", { name: file.name })} onClick={() => files.remove(file)} className="size-6">
            <Icon name="close" size={12} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function AttachButton({ onPick }: { onPick: (files: Iterable<File>) => void }) {
  const say = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={say("talk.attach")} onClick={() => input.current?.click()}>
        <Icon name="clip" />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onPick(event.target.files ?? []);
          event.target.value = "";
        }}
      />
    </>
  );
}

interface Submit {
  tenant: string;
  conversation: Conversation;
  mode: Mode;
  draft: ReturnType<typeof useDraft>;
  files: Files;
  waiting: boolean;
}

function useSubmit({ tenant, conversation, mode, draft, files, waiting }: Submit): () => void {
  const client = useQueryClient();
  const me = useMe();
  return () => {
    const text = draft.text.trim();
    if ((!text && files.list.length === 0) || text.length > LIMITS.chars) return;
    const said = { owner: me.id, tenant, conversation: conversation.id, mode, text, after: conversation.last_seq };
    sayIt(client, { ...said, waiting: mode === "reply" && waiting }, mode === "reply" ? files.list : []);
    draft.write("");
    files.clear();
  };
}

/** Tells the other side that someone writes, at most every three seconds. */
function useTyping(tenant: string, conversation: string, isReply: boolean): () => void {
  const last = useRef(0);
  return () => {
    if (!isReply || Date.now() - last.current < TYPING_EVERY_MS) return;
    last.current = Date.now();
    typing(tenant, conversation).catch(() => undefined);
  };
}
