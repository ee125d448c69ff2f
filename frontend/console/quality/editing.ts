/** A definition while it is edited: every change is a new definition, so that it can be taken back. Pure. */

import type { Definition, Question, Section } from "../../shared/model";
import { questionsOf } from "./scoring";

export interface Place {
  section: number;
  question?: number;
}

export interface History {
  past: Definition[];
  now: Definition;
  future: Definition[];
}

const MOST = 100;

export type Step = { type: "change"; to: Definition } | { type: "undo" } | { type: "redo" };

export function step(history: History, act: Step): History {
  const { past, now, future } = history;
  if (act.type === "change") return act.to === now ? history : { past: [...past.slice(-MOST), now], now: act.to, future: [] };
  if (act.type === "undo") return past.length ? { past: past.slice(0, -1), now: past.at(-1)!, future: [now, ...future] } : history;
  return future.length ? { past: [...past, now], now: future[0]!, future: future.slice(1) } : history;
}

const at = <T>(list: readonly T[], place: number, change: (each: T) => T): T[] => list.map((each, here) => (here === place ? change(each) : each));

export function changeSection(definition: Definition, section: number, change: Partial<Section>): Definition {
  return { ...definition, sections: at(definition.sections, section, (each) => ({ ...each, ...change })) };
}

export function changeQuestion(definition: Definition, section: number, question: number, change: Partial<Question>): Definition {
  const questions = at(definition.sections[section]!.questions, question, (each) => ({ ...each, ...change }));
  return changeSection(definition, section, { questions });
}

/** Another kind brings what it needs, and lets go of what belonged to the old one. */
export function changeKind(definition: Definition, section: number, question: number, kind: Question["kind"]): Definition {
  const { max: _max, options: _options, none_at: _none, full_at: _full, guidance, ...rest } = definition.sections[section]!.questions[question]!;
  const own: Partial<Question> =
    kind === "scale"
      ? { max: 5 }
      : kind === "number"
        ? { none_at: 0, full_at: 10 }
        : kind === "choice"
          ? { options: [{ code: "a", text: {}, points: 1 }, { code: "b", text: {}, points: 0 }] }
          : {};
  const kept = guidance?.[""] ? { guidance: { "": guidance[""] } } : {};
  const made = { ...rest, ...kept, ...own, kind };
  return changeSection(definition, section, { questions: at(definition.sections[section]!.questions, question, () => made) });
}

export function addQuestion(definition: Definition, section: number, after?: number): Definition {
  const questions = [...definition.sections[section]!.questions];
  questions.splice(after === undefined ? questions.length : after + 1, 0, { code: fresh("q", codesOf(definition)), text: {}, kind: "yes_no", weight: 1 });
  return changeSection(definition, section, { questions });
}

export function copyQuestion(definition: Definition, section: number, question: number): Definition {
  const questions = [...definition.sections[section]!.questions];
  questions.splice(question + 1, 0, { ...questions[question]!, code: fresh("q", codesOf(definition)) });
  return changeSection(definition, section, { questions });
}

export function removeQuestion(definition: Definition, section: number, question: number): Definition {
  return changeSection(definition, section, { questions: definition.sections[section]!.questions.filter((_, place) => place !== question) });
}

/** One place up or down, over the edge into the section beside it; where it stands then. */
export function moveQuestion(definition: Definition, from: Required<Place>, way: -1 | 1): { definition: Definition; place: Required<Place> } {
  const lists = definition.sections.map((section) => [...section.questions]);
  const [moved] = lists[from.section]!.splice(from.question, 1);
  let place = { section: from.section, question: from.question + way };
  if (place.question < 0) place = { section: from.section - 1, question: lists[from.section - 1]?.length ?? 0 };
  else if (place.question > lists[from.section]!.length) place = { section: from.section + 1, question: 0 };
  if (!lists[place.section] || !moved) return { definition, place: from };
  lists[place.section]!.splice(place.question, 0, moved);
  return { definition: { ...definition, sections: definition.sections.map((section, here) => ({ ...section, questions: lists[here]! })) }, place };
}

export function addSection(definition: Definition): Definition {
  const code = fresh("s", definition.sections.map((section) => section.code));
  const question = { code: fresh("q", codesOf(definition)), text: {}, kind: "yes_no" as const, weight: 1 };
  return { ...definition, sections: [...definition.sections, { code, title: {}, questions: [question] }] };
}

export function removeSection(definition: Definition, section: number): Definition {
  return { ...definition, sections: definition.sections.filter((_, place) => place !== section) };
}

/** Where a fault is, from the server's path: ``sections[0].questions[1].only_if.is[0]``. */
export function placeOf(path: string): Place & { field: string } {
  const found = /^sections\[(\d+)\](?:\.questions\[(\d+)\])?\.?([a-z_]*)/.exec(path);
  if (!found) return { section: 0, field: path.replace(/[^a-z_].*$/, "") };
  return { section: Number(found[1]), ...(found[2] === undefined ? {} : { question: Number(found[2]) }), field: found[3] || "questions" };
}

const codesOf = (definition: Definition) => questionsOf(definition).map((question) => question.code);

function fresh(letter: string, taken: string[]): string {
  for (let number = taken.length + 1; ; number++) if (!taken.includes(`${letter}${number}`)) return `${letter}${number}`;
}
