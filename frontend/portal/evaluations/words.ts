/** How an evaluation is said to the client. Pure. */

import type { Say } from "../../shared/i18n/use";
import type { Answer, Question } from "../api";
import type { Key } from "../words/load";

export function asScore(percent: number, language: string): string {
  return (percent / 100).toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
}

export function nameDispute(state: string, say: Say<Key>): string {
  const known = (["open", "accepted", "rejected"] as const).find((each) => each === state);
  return known ? say(`quality.states.${known}`) : state;
}

export function inLanguage(texts: Record<string, string>, language: string): string {
  return texts[language] || texts[language.slice(0, 2)] || texts.en || Object.values(texts).find(Boolean) || "";
}

export function nameAnswer(question: Question, answer: Answer | null | undefined, say: Say<Key>, language: string): string {
  if (answer === undefined || answer === null) return "–";
  if (answer === "na") return say("quality.na");
  if (typeof answer === "boolean") return say(answer ? "quality.yes" : "quality.no");
  const option = question.options?.find((each) => each.code === answer);
  if (option) return inLanguage(option.text, language);
  return question.kind === "scale" ? `${answer} / ${question.max}` : String(answer);
}
