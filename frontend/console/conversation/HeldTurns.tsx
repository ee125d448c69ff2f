import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation, HeldReply } from "../../shared/model";
import { now, useNow } from "../../shared/time/now";
import { asInstant } from "../../shared/time/words";
import { cancelHeld, sendHeld } from "../api";
import { useTry } from "../desk/actions";
import { useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import { look } from "./drafts";
import { giveBack } from "./files";
import { undoable } from "./outbox";
import { grow } from "./thread";
import { lookAgain, useUnsent } from "./unsent";

const LaterDialog = lazy(() => import("./LaterDialog").then((module) => ({ default: module.LaterDialog })));

/** What is written and has not left: seconds in which it can be undone, or the time that was chosen. */
export function HeldTurns({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const held = useUnsent(tenant, conversation.id);
  const undo = useUndo(tenant, conversation.id);
  const last = held.findLast((each) => !each.is_scheduled && each.state === "held");
  useKeys({ ...(last && { z: () => void undo(last) }) });
  return held.map((each) => <HeldTurn key={each.id} held={each} tenant={tenant} conversation={conversation} onUndo={() => void undo(each)} />);
}

interface Props {
  held: HeldReply;
  tenant: string;
  conversation: Conversation;
  onUndo: () => void;
}

function HeldTurn({ held, tenant, conversation, onUndo }: Props) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [changing, setChanging] = useState(false);
  const isStopped = held.state === "stopped";
  const waits = held.is_scheduled || isStopped;
  const sendNow = async () => {
    if (!(await attempt(() => sendHeld(tenant, conversation.id, held.id)))) return;
    await lookAgain(client, tenant, conversation.id);
    void grow(client, tenant, conversation.id);
  };
  return (
    <article className="flex flex-col items-end gap-1" aria-label={say("writing.heldBy", { name: held.person_name })}>
      <header className="text-12 text-text-3">{say("writing.heldBy", { name: held.person_name })}</header>
      <div className="said-out max-w-[min(68ch,92%)] rounded border border-dashed border-line-strong px-3 py-2 text-15 break-words whitespace-pre-wrap">{held.text}</div>
      <div className="flex flex-wrap items-center justify-end gap-2 text-12 text-text-2">
        {held.files.length > 0 && <span>{say("writing.withFiles", { count: held.files.length })}</span>}
        <Leaving held={held} />
        {waits && (
          <Button small onClick={() => void sendNow()}>
            {say("writing.sendNow")}
          </Button>
        )}
        {waits && (
          <Button small onClick={() => setChanging(true)}>
            {say("writing.change")}
          </Button>
        )}
        <Button small onClick={onUndo} keys={waits ? undefined : "Z"}>
          {say(waits ? "writing.cancel" : "writing.undo")}
        </Button>
      </div>
      <Suspense>{changing && <LaterDialog tenant={tenant} conversation={conversation} held={held} onDone={() => setChanging(false)} />}</Suspense>
    </article>
  );
}

function Leaving({ held }: { held: HeldReply }) {
  const say = useWords();
  const language = useLanguage();
  useNow();
  if (held.state === "stopped") {
    const why = WHYS.find((each) => each === held.stopped_why) ?? "thread_moved";
    return (
      <span className="flex items-center gap-1 text-warn">
        <Icon name="warn" size={12} />
        {say(`writing.stopped.${why}`)}
      </span>
    );
  }
  const left = Math.ceil((Date.parse(held.send_at) - now()) / 1000);
  if (held.is_scheduled) return <time dateTime={held.send_at}>{say("writing.leavesAt", { time: asInstant(held.send_at, language) })}</time>;
  return <span className="num">{left > 0 ? say("writing.leavesIn", { count: left }) : say("writing.leaves")}</span>;
}

const WHYS = ["thread_moved", "closed", "not_allowed"] as const;

/** Not sent after all: its words, and its files while this window still has them, are in the box again. */
function useUndo(tenant: string, conversation: string) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  return async (held: HeldReply) => {
    if (!(await attempt(() => cancelHeld(tenant, conversation, held.id)))) return void lookAgain(client, tenant, conversation);
    const kept = undoable.get(held.id) ?? [];
    undoable.delete(held.id);
    giveBack(conversation, kept);
    await look(tenant, conversation);
    await lookAgain(client, tenant, conversation);
    const gone = held.files.length - kept.length;
    toast(gone > 0 ? say("writing.undoneFiles", { count: gone }) : say("writing.undone"));
  };
}
