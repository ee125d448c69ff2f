import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Notice } from "../../shared/components/States";
import { Hour } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation, Message } from "../../shared/model";
import { asDay, asInstant, dayKey } from "../../shared/time/words";
import { useDesk } from "../desk/store";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { eventWords } from "./events";
import type { Block } from "./grouping";
import { History } from "./History";
import { pendingOf, sendQueued, useOutbox } from "./outbox";
import { HeldTurns } from "./HeldTurns";
import { PendingTurn } from "./PendingTurn";
import { Turn } from "./Turn";
import { TypingLine } from "./TypingLine";

interface Props {
  tenant: string;
  conversation: Conversation;
  messages: Message[];
}

export function Messages({ tenant, conversation, messages }: Props) {
  const say = useWords();
  const me = useMe();
  const entries = useOutbox((state) => state.entries);
  const pending = pendingOf(entries, conversation.id, messages);
  const { box, end, isBelow, goDown } = useEnd((messages.at(-1)?.seq ?? 0) + pending.length);
  useResend(me.id);
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={box} className="h-full overflow-y-auto overscroll-contain" tabIndex={0} role="log" aria-label={say("talk.messages")} aria-live="off">
        <div className="thread mx-auto flex max-w-3xl flex-col gap-3 px-4 py-4">
          {messages.length === 0 && <Notice title={say("talk.noMessages")} small />}
          <History tenant={tenant} conversation={conversation} messages={messages} box={box}>
            {(block) => <BlockView key={block.key} block={block} tenant={tenant} conversation={conversation} />}
          </History>
          {pending.map((entry) => (
            <PendingTurn key={entry.key} entry={entry} alias={conversation.shop.alias} lastSeq={conversation.last_seq} />
          ))}
          <HeldTurns tenant={tenant} conversation={conversation} />
        </div>
        <TypingLine tenant={tenant} conversation={conversation} />
        <div ref={end} className="h-px" />
      </div>
      {isBelow && (
        <Button small className="absolute bottom-2 left-1/2 -translate-x-1/2" onClick={goDown} icon={<Icon name="down" size={12} />}>
          {say("talk.newBelow")}
        </Button>
      )}
    </div>
  );
}

export function BlockView({ block, tenant, conversation }: { block: Block; tenant: string; conversation: Conversation }) {
  const say = useWords();
  const language = useLanguage();
  if (block.kind === "day") return <DayMark at={block.at} />;
  if (block.kind === "turn") return <Turn block={block} tenant={tenant} conversation={conversation} />;
  return (
    <p className="text-center text-12 text-text-3">
      {eventWords(block.message, conversation, say, language)}
      <Hour at={block.message.created_at} className="ml-1.5" />
    </p>
  );
}

function DayMark({ at }: { at: string }) {
  const say = useWords();
  const language = useLanguage();
  const now = Date.now();
  const key = dayKey(at);
  const name =
    key === dayKey(now) ? say("talk.today") : key === dayKey(now - 86_400_000) ? say("talk.yesterday") : asDay(at, language, now);
  return (
    <div className="flex items-center gap-3 py-1 text-12 text-text-3" title={asInstant(at, language)}>
      <span className="h-px flex-1 bg-line" />
      {name}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

/** Keeps the end in view while it is in view; otherwise says that there is something new below. */
function useEnd(count: number) {
  const box = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const seen = useRef(count);
  const [isBelow, setIsBelow] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver(
      ([entry]) => {
        atEnd.current = entry!.isIntersecting;
        if (entry!.isIntersecting) setIsBelow(false);
      },
      { root: box.current, rootMargin: "0px 0px 80px 0px" },
    );
    watcher.observe(end.current!);
    const resized = new ResizeObserver(() => atEnd.current && end.current?.scrollIntoView({ block: "end" }));
    resized.observe(box.current!.firstElementChild!);
    resized.observe(box.current!);
    return () => {
      watcher.disconnect();
      resized.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current) end.current?.scrollIntoView({ block: "end" });
    else if (count > seen.current) setIsBelow(true);
    seen.current = count;
  }, [count]);
  const goDown = () => end.current?.scrollIntoView({ block: "end", behavior: "smooth" });
  return { box, end, isBelow, goDown };
}

function useResend(owner: string): void {
  const client = useQueryClient();
  const link = useDesk((state) => state.link);
  useEffect(() => {
    const again = () => void sendQueued(client, owner);
    window.addEventListener("online", again);
    const timer = setInterval(again, 5000);
    return () => {
      window.removeEventListener("online", again);
      clearInterval(timer);
    };
  }, [client, owner, link]);
}
