/** Colleagues named with @ in a note. Pure. */

export interface Colleague {
  id: string;
  name: string;
}

/** What is being typed after the last @ before the caret; null where no name is begun. */
export function begunName(text: string, caret: number): string | null {
  const found = /(?:^|[\s(])@([^\s@][^@\n]{0,40})?$/u.exec(text.slice(0, caret));
  return found ? (found[1] ?? "") : null;
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whose name, or a part of it, begins so. */
export function matching(people: Colleague[], begun: string): Colleague[] {
  const wanted = plain(begun.trimEnd());
  return people.filter((person) => plain(person.name).split(/\s+/).some((_, at, parts) => parts.slice(at).join(" ").startsWith(wanted))).slice(0, 6);
}

/** The text with the name put in for what was begun, and where the caret stands then. */
export function withName(text: string, caret: number, name: string): { text: string; caret: number } {
  const begun = begunName(text, caret) ?? "";
  const start = caret - begun.length;
  const put = `${name} `;
  return { text: text.slice(0, start) + put + text.slice(caret).replace(/^ /, ""), caret: start + put.length };
}

/** Those whose whole name stands behind an @. */
export function namedIn(text: string, people: Colleague[]): string[] {
  return people.filter((person) => text.includes(`@${person.name}`)).map((person) => person.id);
}
