import { languageName } from "../../shared/time/words";
import { languageOf } from "../people/levels";
import type { Key } from "../words/load";
import type { Group, Head } from "./api";

type Say = (key: Key, values?: Record<string, string | number>) => string;
type Skills = Group["skills"];

/** "Italian, German": the languages of a group; its other skills by their code. */
export function skillsIn(skills: Skills, language: string): string {
  return skills.map(({ code }) => (languageOf(code) ? languageName(languageOf(code)!, language) : code)).join(", ");
}

/** "Paolo, Lucía and 3 more". */
export function peopleIn(group: Pick<Group, "people">, say: Say): string {
  const names = group.people.map((person) => person.name);
  return names.length <= 3 ? names.join(", ") : say("planning.andMore", { names: names.slice(0, 2).join(", "), count: names.length - 2 });
}

/** "+30 % volume, 2 people more, first come first served". */
export function questionIn({ kind, question }: Pick<Head, "kind" | "question">, usual: string | undefined, say: Say): string {
  if (kind === "training") return say("planning.trainNext");
  const heads = Object.values(question.heads).reduce((sum, by) => sum + by, 0);
  const moved = Object.values(question.heads).some(Boolean);
  const parts = [
    question.volume !== 1 && say("planning.volumeBy", { percent: signed(Math.round((question.volume - 1) * 100)) }),
    moved && say("planning.headsBy", { people: signed(heads) }),
    question.policy !== usual && say(policyKey(question.policy)),
  ];
  return parts.filter(Boolean).join(" · ") || say("planning.asItWas");
}

export const signed = (value: number) => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : "±0");

export function policyKey(policy: string): Key {
  const known = (["index", "due", "fifo", "priority"] as const).find((each) => each === policy);
  return known ? `planning.policies.${known}` : "planning.policies.other";
}
