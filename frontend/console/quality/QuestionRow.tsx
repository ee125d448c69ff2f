import { useRef, useState, type KeyboardEvent } from "react";

import { cx } from "../../shared/components/cx";
import { useLanguage } from "../../shared/i18n/use";
import type { Answer, Pin, Question } from "../../shared/model";
import { asHour } from "../../shared/time/words";
import { useWords } from "../words/load";
import { answerWord, choicesOf } from "./answers";
import { inLanguage, needsComment } from "./scoring";

interface Props {
  question: Question;
  answer: Answer | undefined;
  comment: string;
  pins?: Pin[];
  onAnswer: (answer: Answer) => void;
  onComment: (text: string) => void;
  /** Look for something said to pin to this question. */
  onPin?: () => void;
  onUnpin?: (pin: Pin) => void;
}

/** One question: its choices by click or key, what it rests on, and a comment when it needs one. */
export function QuestionRow({ question, answer, comment, pins = [], onAnswer, onComment, onPin, onUnpin }: Props) {
  const say = useWords();
  const language = useLanguage();
  const [isCommenting, setIsCommenting] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLTextAreaElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") return goTo(event, box.current!, event.key === "ArrowDown" ? 1 : -1);
    const key = event.key.toLowerCase();
    const isNumber = event.target instanceof HTMLInputElement;
    if (key === "enter" && isNumber) return goTo(event, box.current!, 1);
    if (isNumber && key !== "x") return;
    if (key === "c") return stop(event, () => setIsCommenting(true));
    if (key === "p" && onPin) return stop(event, onPin);
    const given = byKey(question, key);
    if (given === undefined) return;
    event.preventDefault();
    onAnswer(given);
    goTo(event, box.current!, 1);
  };
  const text = inLanguage(question.text, language);
  const mustComment = needsComment(question, answer) && !comment.trim();
  const guide = [question.guidance?.[""], answer === undefined ? undefined : question.guidance?.[String(answer)]].flatMap((texts) => (texts && inLanguage(texts, language)) || []);
  return (
    <div ref={box} data-question={question.code} tabIndex={question.kind === "number" ? -1 : 0} role={question.kind === "number" ? "group" : "radiogroup"} aria-label={text} onKeyDown={onKey} className="-mx-2 border-b border-line px-2 py-2.5 focus-visible:-outline-offset-2">
      <p className="text-13">{text}</p>
      {guide.map((each) => (
        <p key={each} className="mt-0.5 max-w-[60ch] text-12 text-text-2">
          {each}
        </p>
      ))}
      <div className="mt-1.5 flex flex-wrap items-center gap-2">
        <Choices question={question} answer={answer} label={text} onAnswer={onAnswer} />
        <Weight question={question} />
        <span className="ml-auto flex gap-3">
          {onPin && (
            <button type="button" tabIndex={-1} onClick={onPin} className="text-12 text-text-2 hover:underline">
              {say("quality.pin")}
            </button>
          )}
          {!isCommenting && !comment && !mustComment && (
            <button type="button" onClick={() => setIsCommenting(true)} className="text-12 text-text-2 hover:underline">
              {say("quality.addComment")}
            </button>
          )}
        </span>
      </div>
      <Pins pins={pins} onUnpin={onUnpin} />
      {(isCommenting || comment || mustComment) && (
        <textarea
          autoFocus={isCommenting}
          rows={2}
          aria-label={`${say("quality.comment")}: ${text}`}
          aria-invalid={mustComment || undefined}
          placeholder={mustComment ? say("quality.mustComment") : undefined}
          value={comment}
          onChange={(event) => onComment(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && box.current?.focus()}
          className="grow mt-2 w-full resize-none rounded border border-line-strong bg-surface-1 px-2.5 py-1.5 text-13 placeholder:text-text-2 aria-invalid:border-risk"
        />
      )}
    </div>
  );
}

function Choices({ question, answer, label, onAnswer }: Pick<Props, "question" | "answer" | "onAnswer"> & { label: string }) {
  const say = useWords();
  const language = useLanguage();
  const choices = choicesOf(question);
  return (
    <>
      {question.kind === "number" && (
        <input
          type="number"
          step="any"
          aria-label={label}
          value={typeof answer === "number" ? answer : ""}
          onChange={(event) => event.target.value !== "" && Number.isFinite(event.target.valueAsNumber) && onAnswer(event.target.valueAsNumber)}
          className="num h-7 w-24 rounded border border-line-strong bg-surface-1 px-2 text-13"
        />
      )}
      {choices.length > 0 && (
        <div className="flex flex-wrap overflow-hidden rounded border border-line-strong bg-surface-1">
          {choices.map((choice, place) => (
            <button
              key={String(choice)}
              type="button"
              role={question.kind === "number" ? undefined : "radio"}
              tabIndex={-1}
              aria-checked={question.kind === "number" ? undefined : answer === choice}
              aria-pressed={question.kind === "number" ? answer === choice : undefined}
              onClick={() => onAnswer(choice)}
              className="num min-h-7 min-w-8 border-l border-line px-2 text-12 first:border-l-0 hover:bg-surface-3 aria-checked:bg-text-1 aria-checked:font-medium aria-checked:text-surface-1 aria-pressed:bg-text-1 aria-pressed:text-surface-1"
            >
              {question.kind === "choice" && choice !== "na" && (
                <span aria-hidden className="mr-1 opacity-70">
                  {place + 1}
                </span>
              )}
              {answerWord(question, choice, say, language)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Weight({ question }: { question: Question }) {
  const say = useWords();
  return (
    <span className="text-12 text-text-3">
      {say("quality.weight", { weight: question.weight })}
      {question.fatal && <span className="text-risk"> · {say("quality.fatal")}</span>}
      {question.critical && !question.fatal && <span className="text-warn"> · {say("quality.critical")}</span>}
    </span>
  );
}

export function Pins({ pins, onUnpin }: { pins: Pin[]; onUnpin?: (pin: Pin) => void }) {
  const say = useWords();
  const language = useLanguage();
  if (!pins.length) return null;
  return (
    <ul className="mt-1.5 flex flex-col gap-1">
      {pins.map((pin, place) => (
        <li key={place} className={cx("flex items-start gap-2 border-l-2 border-line-strong pl-2 text-12 text-text-2")}>
          <span className="min-w-0 flex-1 wrap-anywhere">
            “{pin.quote}”
            {pin.at && <span className="num ml-1.5 text-text-3">{asHour(pin.at, language)}</span>}
          </span>
          {onUnpin && (
            <button type="button" onClick={() => onUnpin(pin)} className="shrink-0 hover:underline">
              {say("quality.unpin")}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function byKey(question: Question, key: string): Answer | undefined {
  if (key === "x" && question.na_allowed) return "na";
  if (question.kind === "yes_no") return key === "y" || key === "s" ? true : key === "n" ? false : undefined;
  if (question.kind === "number" || !/^\d$/.test(key)) return undefined;
  if (question.kind === "choice") return question.options?.[Number(key) - 1]?.code;
  return Number(key) <= (question.max ?? 5) ? Number(key) : undefined;
}

function stop(event: KeyboardEvent, act: () => void): void {
  event.preventDefault();
  act();
}

function goTo(event: KeyboardEvent, from: HTMLElement, step: number): void {
  event.preventDefault();
  const all = [...document.querySelectorAll<HTMLElement>("[data-question], [data-after-questions]")];
  focusQuestion(all[all.indexOf(from) + step]);
}

/** A number takes its focus in its field. */
export function focusQuestion(row: HTMLElement | undefined): void {
  (row?.querySelector<HTMLElement>("input[type=number]") ?? row)?.focus();
}
