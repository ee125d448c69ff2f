/** How a question can be answered, and how an answer is said. Pure. */

import type { Say } from "../../shared/i18n/use";
import type { Answer, Question } from "../../shared/model";
import type { Key } from "../words/load";
import { inLanguage } from "./scoring";

/** What can be chosen; a number is typed, and may be not applicable. */
export function choicesOf(question: Question): Answer[] {
  const own: Answer[] =
    question.kind === "yes_no"
      ? [true, false]
      : question.kind === "choice"
        ? (question.options ?? []).map((option) => option.code)
        : question.kind === "scale"
          ? Array.from({ length: (question.max ?? 5) + 1 }, (_, value) => value)
          : [];
  return question.na_allowed ? [...own, "na"] : own;
}

export function answerWord(question: Question, answer: Answer | undefined, say: Say<Key>, language: string): string {
  if (answer === undefined || answer === null) return say("quality.noAnswer");
  if (answer === "na") return say("quality.na");
  if (typeof answer === "boolean") return say(answer ? "quality.yes" : "quality.no");
  const option = question.options?.find((each) => each.code === answer);
  if (option) return inLanguage(option.text, language) || option.code;
  return String(answer);
}
