import { lazy, Suspense, useLayoutEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from "react";
import { flushSync } from "react-dom";

import { Button, IconButton } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation, Message } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { useDesk } from "../desk/store";
import { useSavedReplies } from "../playbook/useSavedReplies";
import { MOD, useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import { fitsEnvelope } from "./addresses";
import { NameList, useColleagues, useNaming } from "./Colleagues";
import { leavesByMail } from "./collision";
import { AttachButton, FileList, useFiles } from "./ComposerFiles";
import { CHARS_MAX, useCollision, useDraft, useSubmit, useTyping } from "./composing";
import type { Mode } from "./drafts";
import { EmojiButton } from "./EmojiButton";
import { MailFields } from "./MailFields";
import { RivalDraft } from "./RivalDraft";

const CollisionDialog = lazy(() => import("./CollisionDialog").then((module) => ({ default: module.CollisionDialog })));
const LaterDialog = lazy(() => import("./LaterDialog").then((module) => ({ default: module.LaterDialog })));

interface Props {
  tenant: string;
  conversation: Conversation;
  messages: Message[];
  isMine: boolean;
  onClose: () => void;
}

/** Always there, grows with what is written, and keeps a draft per conversation. */
export function Composer({ tenant, conversation, messages, isMine, onClose }: Props) {
  const say = useWords();
  const mayReply = isMine && conversation.status !== "closed";
  const [mode, setMode] = useState<Mode>("reply");
  const shown = mayReply ? mode : "note";
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(tenant, conversation.id, shown, messages);
  const files = useFiles(conversation.id);
  const saved = useSavedReplies({ tenant, conversation, area, draft, isReply: shown === "reply" });
  const [waiting, setWaiting] = useState(false);
  const [isLater, setLater] = useState(false);
  const people = useColleagues(tenant, shown === "note");
  const naming = useNaming(area, people, shown === "note", draft.text, draft.write);
  const collision = useCollision(useSubmit({ tenant, conversation, messages, mode: shown, draft, files, waiting, people }));
  const submit = () => collision.attempt();
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
    if (naming.takeKey(event) || saved.onKey(event)) return;
    if (event.key === "Escape") area.current?.blur();
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length && shown === "reply") return files.add(event.clipboardData.files);
    const text = event.clipboardData.getData("text/plain");
    if (text.length <= CHARS_MAX) return;
    // It would not fit, and millions of characters would stand still in the box.
    event.preventDefault();
    const act = shown === "reply" ? { label: say("writing.pasteAsFile"), run: () => files.add([new File([text], "text.txt", { type: "text/plain" })]) } : undefined;
    toast(say("writing.tooLongPaste", { count: text.length, most: CHARS_MAX }), { kind: "risk", act });
  };
  const onDrop = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop" && shown === "reply") files.add(event.dataTransfer.files);
  };
  const insert = (put: string) => {
    const from = area.current?.selectionStart ?? draft.text.length;
    draft.write(draft.text.slice(0, from) + put + draft.text.slice(area.current?.selectionEnd ?? from));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + put.length, from + put.length);
    });
  };
  const customer = conversation.customer.name;
  const hint = say(shown === "note" ? "talk.notePlaceholder" : customer ? "talk.placeholder" : "talk.placeholderNoName", { customer });
  const over = draft.text.length - CHARS_MAX;
  const isEmpty = !draft.text.trim() && (shown === "note" || files.list.length === 0);
  const isBlocked = isEmpty || over > 0 || (shown === "reply" && !fitsEnvelope(draft.envelope));
  return (
    <div className="shrink-0 border-t border-line bg-surface-1 px-4 pt-2 pb-3">
      <div className="mx-auto max-w-3xl">
        {saved.panel}
        <Tabs mode={shown} mayReply={mayReply} onPick={turnTo} conversation={conversation} />
        {!mayReply && <p className="pb-1.5 text-12 text-text-2">{whyNot(conversation, isMine, say)}</p>}
        <div onDragOver={onDrop} onDrop={onDrop} className={cx("relative rounded border focus-within:border-accent", shown === "note" ? "border-paper-line bg-paper" : "border-line-strong")}>
          <RivalDraft tenant={tenant} conversation={conversation.id} mode={shown} />
          {shown === "reply" && leavesByMail(conversation) && <MailFields conversation={conversation} envelope={draft.envelope} onChange={draft.address} />}
          <NameList naming={naming} />
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
            onSelect={naming.noteCaret}
            onPaste={onPaste}
            {...(naming.found.length > 0 && { "aria-controls": "colleagues", "aria-activedescendant": `colleague-${naming.at}` })}
            className="grow block max-h-[38vh] min-h-16 w-full resize-none bg-transparent px-3 py-2 text-15 outline-none placeholder:text-text-3"
          />
          {saved.bar}
          {shown === "reply" && <FileList files={files} />}
          <div className="flex items-center gap-2 px-2 pb-2">
            {shown === "reply" && <AttachButton onPick={files.add} />}
            <EmojiButton onPick={insert} />
            {saved.button}
            {shown === "reply" && <WaitToggle isOn={waiting} onTurn={setWaiting} />}
            {over > 0 && <span className="num text-12 text-risk">{say("talk.tooLong", { count: over })}</span>}
            <Acts mode={shown} mayClose={mayReply} isBlocked={isBlocked || saved.isBlocked} onClose={onClose} onLater={() => setLater(true)} onSubmit={submit} />
          </div>
        </div>
      </div>
      <Suspense>
        {collision.news && <CollisionDialog conversation={conversation} news={collision.news} onSend={collision.sendAnyway} onStay={collision.stay} />}
        {isLater && <LaterDialog tenant={tenant} conversation={conversation} onPick={(sendAt) => collision.attempt({ sendAt })} onDone={() => setLater(false)} />}
      </Suspense>
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
  onLater: () => void;
  onSubmit: () => void;
}

function Acts({ mode, mayClose, isBlocked, onClose, onLater, onSubmit }: ActsProps) {
  const say = useWords();
  return (
    <span className="ml-auto flex gap-2">
      {mayClose && (
        <Button onClick={onClose} keys="E" className="max-sm:hidden">
          {say("talk.closeAct")}
        </Button>
      )}
      {mode === "reply" && (
        <IconButton label={say("writing.later")} disabled={isBlocked} onClick={onLater} className="size-8">
          <Icon name="clock" />
        </IconButton>
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
