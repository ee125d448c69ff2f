import { useQueryClient } from "@tanstack/react-query";
import { memo, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import { flushSync } from "react-dom";

import { Button } from "../../shared/components/Button";
import type { Conversation, Message } from "../../shared/model";
import { useWords } from "../words/load";
import { chunksOf, firstShown, isAlike, oneMore, showsAlike, type Chunk } from "./chunks";
import { blocksOf, type Block } from "./grouping";
import { fetchEarlier } from "./thread";

interface Props {
  tenant: string;
  conversation: Conversation;
  messages: Message[];
  box: RefObject<HTMLElement | null>;
  children: (block: Block) => ReactNode;
}

/** Pixels above what is seen at which earlier messages are put in. */
const AHEAD = 1500;
const GUESS_PX = 56;
/** With fewer messages than these not yet shown, more are fetched. */
const IN_HAND = 160;

/** The end of a conversation; what is earlier comes as one scrolls up, and what one reads stays where it is. */
export function History({ tenant, conversation, messages, box, children }: Props) {
  const first = messages[0]?.seq ?? 1;
  // Never before what is known: what is fetched is put in by a step that keeps the place.
  const [from, setFrom] = useState(() => Math.max(first, firstShown(messages.at(-1)?.seq ?? 0)));
  const chunks = useMemo(() => chunksOf(blocksOf(messages.filter((message) => message.seq >= from))), [messages, from]);
  const isMore = first > 1 || first < from;
  const client = useQueryClient();
  const goBack = async () => {
    const fetched = from - first < IN_HAND ? fetchEarlier(client, tenant, conversation.id) : Promise.resolve();
    if (first < from) {
      fetched.catch(() => undefined);
      keepingPlace(box.current!, () => setFrom(Math.max(first, oneMore(from))));
    } else await fetched; // Shown by the next call: its mark is looked for again when more is known.
  };
  return (
    <>
      {isMore && <Earlier until={`${from} ${first}`} box={box} onSeen={goBack} />}
      {chunks.map((chunk) => (
        <ChunkView key={chunk.key} chunk={chunk} conversation={conversation}>
          {children}
        </ChunkView>
      ))}
    </>
  );
}

interface ChunkProps {
  chunk: Chunk;
  conversation: Conversation;
  children: (block: Block) => ReactNode;
}

const ChunkView = memo(
  function ChunkView({ chunk, children }: ChunkProps) {
    return (
      <div className="lot flex flex-col gap-3" style={{ containIntrinsicSize: `auto ${chunk.size * GUESS_PX}px` }}>
        {chunk.blocks.map(children)}
      </div>
    );
  },
  (one, other) => isAlike(one.chunk, other.chunk) && showsAlike(one.conversation, other.conversation),
);

/** Asks by itself when it comes near; a button, for who has no wheel and for when the network failed. */
function Earlier({ until, box, onSeen }: { until: string; box: RefObject<HTMLElement | null>; onSeen: () => Promise<void> }) {
  const say = useWords();
  const mark = useRef<HTMLDivElement>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = () => {
    setBusy(true);
    onSeen()
      .catch(() => undefined)
      .finally(() => setBusy(false));
  };
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => entry!.isIntersecting && ask(), { root: box.current, rootMargin: `${AHEAD}px 0px 0px 0px` });
    watcher.observe(mark.current!);
    return () => watcher.disconnect();
  }, [until]);
  return (
    <div ref={mark} className="self-center">
      <Button small kind="quiet" aria-busy={isBusy} onClick={ask}>
        {say("talk.earlier")}
      </Button>
    </div>
  );
}

/** Browsers anchor what is scrolled, but not at the very top, and not all of them. */
function keepingPlace(box: HTMLElement, change: () => void): void {
  const mark = [...box.querySelectorAll(".lot")].find((lot) => lot.getBoundingClientRect().bottom > box.getBoundingClientRect().top);
  const before = mark?.getBoundingClientRect().top ?? 0;
  flushSync(change);
  const moved = (mark?.getBoundingClientRect().top ?? before) - before;
  if (Math.abs(moved) > 1) box.scrollTop += moved;
}
