import { useRef, useState, type KeyboardEvent } from "react";

import { cx } from "../../shared/components/cx";
import { useLanguage } from "../../shared/i18n/use";
import type { Answer, Question } from "../../shared/model";
import { useWords } from "../words/load";
import { inLanguage } from "./scoring";

interface Props {
  question: Question;
  answer: Answer | undefined;
  comment: string;
  onAnswer: (answer: Answer) => void;
  onComment: (text: string) => void;
}

/** One question: its choices by click or key, and a comment when it needs one. */
export function QuestionRow({ question, answer, comment, onAnswer, onComment }: Props) {
  const say = useWords();
  const language = useLanguage();
  const [isCommenting, setIsCommenting] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const choices = choicesOf(question);
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLTextAreaElement) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return goTo(event, box.current!, event.key === "ArrowDown" ? 1 : -1);
    const given = byKey(question, event.key.toLowerCase());
    if (given === undefined) return;
    event.preventDefault();
    onAnswer(given);
    goTo(event, box.current!, 1);
  };
  const word = (choice: Answer) => (choice === "na" ? say("quality.na") : choice === true ? say("quality.yes") : choice === false ? say("quality.no") : String(choice));
  const text = inLanguage(question.text, language);
  return (
    <div ref={box} data-question tabIndex={0} role="radiogroup" aria-label={text} onKeyDown={onKey} className="-mx-2 border-b border-line px-2 py-2.5 focus-visible:-outline-offset-2">
      <p className="text-13">{text}</p>
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <div className="flex overflow-hidden rounded border border-line-strong bg-surface-1">
          {choices.map((choice) => (
            <button
              key={String(choice)}
              type="button"
              role="radio"
              tabIndex={-1}
              aria-checked={answer === choice}
              onClick={() => onAnswer(choice)}
              className="num h-7 min-w-8 border-l border-line px-2 text-12 first:border-l-0 hover:bg-surface-3 aria-checked:bg-text-1 aria-checked:font-medium aria-checked:text-surface-1"
            >
              {word(choice)}
            </button>
          ))}
        </div>
        <span className="text-12 text-text-3">
          {say("quality.weight", { weight: question.weight })}
          {question.fatal && <span className="text-risk"> · {say("quality.fatal")}</span>}
          {question.critical && !question.fatal && <span className="text-warn"> · {say("quality.critical")}</span>}
        </span>
        {!isCommenting && !comment && (
          <button type="button" onClick={() => setIsCommenting(true)} className={cx("ml-auto text-12 text-text-2 hover:underline")}>
            {say("quality.addComment")}
          </button>
        )}
      </div>
      {(isCommenting || comment) && (
        <textarea
          autoFocus={isCommenting}
          rows={2}
          aria-label={`${say("quality.comment")}: ${text}`}
          value={comment}
          onChange={(event) => onComment(event.target.value)}
          className="grow mt-2 w-full resize-none rounded border border-line-strong bg-surface-1 px-2.5 py-1.5 text-13"
        />
      )}
    </div>
  );
}

function choicesOf(question: Question): Answer[] {
  const own: Answer[] = question.kind === "yes_no" ? [true, false] : Array.from({ length: (question.max ?? 5) + 1 }, (_, value) => value);
  return question.na_allowed ? [...own, "na"] : own;
}

function byKey(question: Question, key: string): Answer | undefined {
  if (key === "x" && question.na_allowed) return "na";
  if (question.kind === "yes_no") return key === "y" || key === "s" ? true : key === "n" ? false : undefined;
  return /^\d$/.test(key) && Number(key) <= (question.max ?? 5) ? Number(key) : undefined;
}

function goTo(event: KeyboardEvent, from: HTMLElement, step: number): void {
  event.preventDefault();
  const all = [...document.querySelectorAll<HTMLElement>("[data-question]")];
  all[all.indexOf(from) + step]?.focus();
}
