import { lazy, Suspense, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { flushSync } from "react-dom";

import { Button, IconButton } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import type { Conversation } from "../../shared/model";
import { useTry } from "../desk/actions";
import { MOD } from "../shell/keys";
import { useWords } from "../words/load";
import type { Macro, SavedReply } from "./api";
import * as api from "./api";
import { blanksIn, gist, nextBlank } from "./blanks";

const Picker = lazy(() => import("./Picker").then((module) => ({ default: module.Picker })));
const MacroDialog = lazy(() => import("./MacroDialog").then((module) => ({ default: module.MacroDialog })));

interface Props {
  tenant: string;
  conversation: Conversation;
  area: RefObject<HTMLTextAreaElement | null>;
  draft: { text: string; write: (text: string) => void };
  isReply: boolean;
}

interface SavedReplies {
  /** True if the key was this part's own. */
  onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  /** Nothing leaves while a blank is left, or while it is the saved reply word by word. */
  isBlocked: boolean;
  panel: ReactNode;
  button: ReactNode;
  bar: ReactNode;
}

/** Where a reply will stand, the key that asked for one, and what was typed before the search had the focus. */
interface Opened {
  at: number;
  typed: string;
  early: string;
}

/** ``#`` or ``/`` where a word begins opens the client's saved replies and macros; their blanks are to be filled in. */
export function useSavedReplies({ tenant, conversation, area, draft, isReply }: Props): SavedReplies {
  const attempt = useTry();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [macro, setMacro] = useState<Macro | null>(null);
  const [taken, setTaken] = useState("");
  const blanks = isReply ? blanksIn(draft.text) : [];
  const isUntouched = isReply && taken !== "" && gist(draft.text) === taken;

  const put = (text: string, from: number, to = from) => {
    flushSync(() => draft.write(text));
    area.current?.focus();
    area.current?.setSelectionRange(from, to);
  };
  const jump = () => {
    const next = nextBlank(draft.text, area.current?.selectionEnd ?? 0);
    area.current?.focus();
    if (next) area.current?.setSelectionRange(next.start, next.end);
  };
  const leave = () => {
    const { at, typed, early } = opened!;
    setOpened(null);
    const back = typed && typed + early;
    put(draft.text.slice(0, at) + back + draft.text.slice(at), at + back.length);
  };
  const take = async (reply: SavedReply, language: string) => {
    const { at } = opened!;
    setOpened(null);
    const given = await attempt(() => api.takeReply(tenant, conversation.id, reply.item, language));
    if (!given) return area.current?.focus();
    if (!given.as_is) setTaken(gist(given.text));
    const text = draft.text.slice(0, at) + given.text + draft.text.slice(at);
    const first = blanksIn(given.text)[0];
    put(text, at + (first?.start ?? given.text.length), at + (first?.end ?? given.text.length));
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!isReply) return false;
    if (opened && event.key === "Escape") return own(event, leave);
    if (opened && event.key.length === 1) return own(event, () => setOpened({ ...opened, early: opened.early + event.key }));
    const isMod = event.metaKey || event.ctrlKey;
    if (isMod && event.key === "Enter" && (blanks.length > 0 || isUntouched)) return own(event, jump);
    if (isMod && event.key.toLowerCase() === "j" && blanks.length > 0) return own(event, jump);
    const at = event.currentTarget.selectionStart;
    const begins = at === event.currentTarget.selectionEnd && /^$|\s$/.test(draft.text.slice(0, at));
    if ((event.key !== "#" && event.key !== "/") || isMod || !begins || event.nativeEvent.isComposing) return false;
    return own(event, () => setOpened({ at, typed: event.key, early: "" }));
  };
  return {
    onKey,
    isBlocked: blanks.length > 0 || isUntouched,
    button: isReply && <OpenButton onOpen={() => setOpened({ at: area.current?.selectionStart ?? draft.text.length, typed: "", early: "" })} />,
    bar: (blanks.length > 0 || isUntouched) && <Blanks count={blanks.length} what={blanks[0]?.what} onJump={jump} />,
    panel: (
      <Suspense>
        {opened && isReply && <Picker tenant={tenant} conversation={conversation.id} early={opened.early} onTake={(reply, language) => void take(reply, language)} onMacro={(picked) => (setOpened(null), setMacro(picked))} onLeave={leave} />}
        {macro && <MacroDialog tenant={tenant} conversation={conversation} macro={macro} onClose={() => (setMacro(null), area.current?.focus())} />}
      </Suspense>
    ),
  };
}

function own(event: KeyboardEvent, act: () => void): true {
  event.preventDefault();
  act();
  return true;
}

function OpenButton({ onOpen }: { onOpen: () => void }) {
  const say = useWords();
  return (
    <IconButton label={`${say("playbook.openText")} · #`} onClick={onOpen}>
      <Icon name="book" />
    </IconButton>
  );
}

function Blanks({ count, what, onJump }: { count: number; what?: string; onJump: () => void }) {
  const say = useWords();
  return (
    <div role="status" className="flex flex-wrap items-center gap-2 px-3 pb-1.5 text-12 text-warn">
      <Icon name="warn" size={12} />
      <span>{count > 0 ? say("playbook.blanks", { count, what: what || say("playbook.aBlank") }) : say("playbook.untouched")}</span>
      {count > 0 && (
        <Button small onClick={onJump} keys={`${MOD} J`}>
          {say("playbook.goThere")}
        </Button>
      )}
    </div>
  );
}
