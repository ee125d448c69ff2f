/** The score while a form is being filled; the server's ``quality/scoring.py`` has the last word. Pure. */

import type { Answer, Answers, Definition, Question, Section } from "../../shared/model";

export interface Preview {
  /** Null until something that counts is answered. */
  percent: number | null;
  sections: Record<string, number | null>;
  failedCritical: string[];
  fatal: boolean;
  missing: number;
}

export const questionsOf = (definition: Definition): Question[] => definition.sections.flatMap((section) => section.questions);

/** Which questions are asked in this channel, given these answers; empty channel: of every channel. */
export function askedIn(definition: Definition, answers: Answers, channel = ""): Set<string> {
  const known = new Map(questionsOf(definition).map((question) => [question.code, question]));
  const isAsked = (question: Question, way: string[]): boolean => {
    if (channel && question.channels?.length && !question.channels.includes(channel)) return false;
    const condition = question.only_if;
    if (!condition) return true;
    const on = known.get(condition.question);
    // A loop, or a question that is not there: the editor says so, and nothing hangs.
    if (!on || way.includes(on.code)) return false;
    return isAsked(on, [...way, question.code]) && condition.is.some((wanted) => wanted === answers[on.code]);
  };
  return new Set([...known.values()].filter((question) => isAsked(question, [])).map((question) => question.code));
}

/** The share of the weight that an answer earns, 0 to 1; null if it does not count. */
export function shareOf(question: Question, answer: Answer | undefined): number | null {
  if (answer === undefined || answer === null || answer === "na" || answer === "") return null;
  if (question.kind === "choice") {
    const points = question.options?.find((option) => option.code === answer)?.points ?? 0;
    return points / Math.max(1, ...(question.options ?? []).map((option) => option.points));
  }
  if (question.kind === "number") {
    const [none, full] = [question.none_at ?? 0, question.full_at ?? 1];
    return Math.min(1, Math.max(0, (Number(answer) - none) / (full - none || 1)));
  }
  return typeof answer === "boolean" ? Number(answer) : Number(answer) / (question.max || 1);
}

export function preview(definition: Definition, answers: Answers, channel = ""): Preview {
  const result: Preview = { percent: null, sections: {}, failedCritical: [], fatal: false, missing: 0 };
  const asked = askedIn(definition, answers, channel);
  let [earned, possible] = [0, 0];
  for (const section of definition.sections) {
    const sums = sumUp(section, answers, asked, result);
    result.sections[section.code] = sums.weight ? percentOf(sums.points, sums.weight) : null;
    earned += sums.points;
    possible += sums.weight;
  }
  if (possible) result.percent = result.fatal ? 0 : percentOf(earned, possible);
  if (result.fatal)
    for (const code of Object.keys(result.sections)) if (result.sections[code] !== null) result.sections[code] = 0;
  return result;
}

function sumUp(section: Section, answers: Answers, asked: Set<string>, result: Preview): { points: number; weight: number } {
  let [points, weight, fails] = [0, 0, false];
  for (const question of section.questions) {
    if (!asked.has(question.code)) continue;
    const answer = answers[question.code];
    if (answer === undefined) result.missing += 1;
    const share = shareOf(question, answer);
    if (share === null) continue;
    weight += question.weight;
    points += question.weight * share;
    if (share === 0 && question.critical) {
      fails = true;
      result.failedCritical.push(question.code);
    }
    result.fatal ||= share === 0 && Boolean(question.fatal);
  }
  return { points: fails ? 0 : points, weight };
}

/** Whether this answer must be explained. */
export function needsComment(question: Question, answer: Answer | undefined): boolean {
  if (answer === undefined) return false;
  return question.comment === "always" || (question.comment === "failed" && shareOf(question, answer) === 0);
}

/** Two decimals, half up, as the server rounds. */
function percentOf(points: number, weight: number): number {
  return Math.floor((points * 10_000) / weight + 0.5 + 1e-9) / 100;
}

export function inLanguage(texts: Record<string, string>, language: string): string {
  return texts[language] || texts.en || Object.values(texts).find(Boolean) || "";
}
