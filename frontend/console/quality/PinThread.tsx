import { useImperativeHandle, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";

import { wearing } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import type { Message, Thread } from "../../shared/model";
import { blocksOf, type Block } from "../conversation/grouping";
import { Head } from "../conversation/Head";
import { BlockView } from "../conversation/Messages";
import { useWhole } from "../conversation/thread";
import { useWords } from "../words/load";
import { focusQuestion } from "./QuestionRow";

const QUOTE_CHARS = 500;

export interface PinThreadHandle {
  /** Let something that was said be chosen for this question. */
  choose: (question: string) => void;
}

interface Props {
  ref: Ref<PinThreadHandle>;
  tenant: string;
  thread: Thread;
  onPin: (message: Message, quote: string, question: string) => void;
}

/** A conversation to be read, of which what was said can be pinned to an answer: arrows choose, Enter pins. */
export function PinThread({ ref, tenant, thread, onPin }: Props) {
  const say = useWords();
  const { conversation, messages } = thread;
  useWhole(tenant, conversation.id, messages);
  const box = useRef<HTMLDivElement>(null);
  const [question, setQuestion] = useState<string>();
  const blocks = useMemo(() => blocksOf(messages).flatMap(apart), [messages]);
  const rows = () => [...(box.current?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
  useImperativeHandle(ref, () => ({
    choose: (code) => {
      const marked = quoted(messages);
      if (marked) return onPin(marked.message, marked.quote, code);
      setQuestion(code);
      rows()[0]?.focus();
    },
  }));
  const back = () => {
    const row = document.querySelector<HTMLElement>(`[data-question="${CSS.escape(question ?? "")}"]`);
    setQuestion(undefined);
    focusQuestion(row ?? undefined);
  };
  const pin = (message: Message) => {
    if (question === undefined) return;
    setQuestion(undefined);
    onPin(message, message.text.slice(0, QUOTE_CHARS), question);
  };
  const onKey = (event: KeyboardEvent, message: Message) => {
    if (question === undefined) return;
    if (event.key === "Enter") pin(message);
    else if (event.key === "Escape") back();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = rows();
      all[all.indexOf(event.currentTarget as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <section style={wearing(conversation.shop)} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Head conversation={conversation} />
      {question !== undefined && (
        <p role="status" className="border-b border-line bg-surface-3 px-4 py-1.5 text-12">
          {say("quality.choosePin")}
        </p>
      )}
      <div ref={box} className="min-h-0 flex-1 overflow-y-auto" tabIndex={0}>
        <div className="thread mx-auto flex max-w-3xl flex-col gap-3 px-4 py-4">
          {blocks.map((block) => {
            const said = block.kind === "turn" ? block.messages[0] : undefined;
            if (!said) return <BlockView key={block.key} block={block} tenant={tenant} conversation={conversation} />;
            return (
              <div
                key={block.key}
                id={`said-${said.id}`}
                data-message={said.id}
                tabIndex={-1}
                onKeyDown={(event) => onKey(event, said)}
                onClick={() => pin(said)}
                className={cx("rounded focus:outline-2 focus:outline-offset-2 focus:outline-accent", question !== undefined && "cursor-pointer hover:bg-surface-2")}
              >
                <BlockView block={block} tenant={tenant} conversation={conversation} />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

/** Each message of a turn by itself, so that it can be chosen. */
function apart(block: Block): Block[] {
  if (block.kind !== "turn") return [block];
  return block.messages.map((message) => ({ ...block, key: message.id, messages: [message] }));
}

/** What is marked on the page, if it was said here. */
function quoted(messages: Message[]): { message: Message; quote: string } | undefined {
  const marked = document.getSelection();
  const quote = marked?.toString().trim().slice(0, QUOTE_CHARS);
  const row = marked?.anchorNode?.parentElement?.closest<HTMLElement>("[data-message]");
  const message = row && messages.find((each) => each.id === row.dataset.message);
  if (!quote || !message) return undefined;
  marked?.removeAllRanges();
  return { message, quote };
}
