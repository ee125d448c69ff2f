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

/** The share of the weight that an answer earns, 0 to 1; null if it does not count. */
function shareOf(question: Question, answer: Answer | undefined): number | null {
  if (answer === undefined || answer === "na") return null;
  return typeof answer === "boolean" ? Number(answer) : answer / (question.max || 1);
}

export function preview(definition: Definition, answers: Answers): Preview {
  const result: Preview = { percent: null, sections: {}, failedCritical: [], fatal: false, missing: 0 };
  let [earned, possible] = [0, 0];
  for (const section of definition.sections) {
    const sums = sumUp(section, answers, result);
    result.sections[section.code] = sums.weight ? percentOf(sums.points, sums.weight) : null;
    earned += sums.points;
    possible += sums.weight;
  }
  if (possible) result.percent = result.fatal ? 0 : percentOf(earned, possible);
  if (result.fatal)
    for (const code of Object.keys(result.sections)) if (result.sections[code] !== null) result.sections[code] = 0;
  return result;
}

function sumUp(section: Section, answers: Answers, result: Preview): { points: number; weight: number } {
  let [points, weight, fails] = [0, 0, false];
  for (const question of section.questions) {
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

/** Two decimals, half up, as the server rounds. */
function percentOf(points: number, weight: number): number {
  return Math.floor((points * 10_000) / weight + 0.5 + 1e-9) / 100;
}

export function inLanguage(texts: Record<string, string>, language: string): string {
  return texts[language] ?? texts.en ?? Object.values(texts)[0] ?? "";
}
