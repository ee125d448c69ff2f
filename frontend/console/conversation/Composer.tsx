import { useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { useDesk } from "../desk/store";
import { useSavedReplies } from "../playbook/useSavedReplies";
import { MOD, useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import { AttachButton, FileList, useFiles } from "./ComposerFiles";
import { CHARS_MAX, useDraft, useSubmit, useTyping } from "./composing";
import type { Mode } from "./drafts";

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
  const saved = useSavedReplies({ tenant, conversation, area, draft, isReply: shown === "reply" });
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
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (saved.onKey(event)) return;
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
  const over = draft.text.length - CHARS_MAX;
  const isEmpty = !draft.text.trim() && files.list.length === 0;
  return (
    <div className="shrink-0 border-t border-line bg-surface-1 px-4 pt-2 pb-3">
      <div className="mx-auto max-w-3xl">
        {saved.panel}
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
          {saved.bar}
          <FileList files={files} />
          <div className="flex items-center gap-2 px-2 pb-2">
            {shown === "reply" && <AttachButton onPick={files.add} />}
            {saved.button}
            {shown === "reply" && <WaitToggle isOn={waiting} onTurn={setWaiting} />}
            {over > 0 && <span className="num text-12 text-risk">{say("talk.tooLong", { count: over })}</span>}
            <Acts mode={shown} mayClose={mayReply} isBlocked={isEmpty || over > 0 || saved.isBlocked} onClose={onClose} onSubmit={submit} />
          </div>
        </div>
      </div>
    </div>
  );
}

/** Whether the answer leaves the next step to the customer. */
function WaitToggle({ isOn, onTurn }: { isOn: boolean; onTurn: (isOn: boolean) => void }) {
  const say = useWords();
  return (
    <label className="flex min-w-0 items-center gap-1.5 text-12 text-text-2">
      <input type="checkbox" checked={isOn} onChange={(event) => onTurn(event.target.checked)} className="accent-(--accent)" />
      <span className="truncate">{say("talk.waitToggle")}</span>
    </label>
  );
}

interface ActsProps {
  mode: Mode;
  mayClose: boolean;
  isBlocked: boolean;
  onClose: () => void;
  onSubmit: () => void;
}

function Acts({ mode, mayClose, isBlocked, onClose, onSubmit }: ActsProps) {
  const say = useWords();
  return (
    <span className="ml-auto flex gap-2">
      {mayClose && (
        <Button onClick={onClose} keys="E" className="max-sm:hidden">
          {say("talk.closeAct")}
        </Button>
      )}
      <Button kind={mode === "note" ? "plain" : "client"} disabled={isBlocked} onClick={onSubmit} keys={`${MOD}⏎`}>
        {say(mode === "note" ? "talk.addNote" : "talk.send")}
      </Button>
    </span>
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
