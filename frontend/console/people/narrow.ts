import type { Person } from "../../shared/model";

export const STATES = ["active", "suspended", "invited", "locked", "oneStep"] as const;
export const NARROWING = ["words", "role", "client", "language", "state"] as const;
export type Narrowed = Partial<Record<(typeof NARROWING)[number], string>>;

const IS: Record<string, (person: Person) => boolean> = {
  active: (person) => person.is_active,
  suspended: (person) => !person.is_active,
  invited: (person) => person.link_until !== null,
  locked: (person) => person.locked,
  oneStep: (person) => person.is_active && !person.two_step,
};

/** Those whom all that is asked for fits. */
export function narrow(people: readonly Person[], { words, role, client, language, state }: Narrowed): Person[] {
  const wanted = plain(words ?? "");
  return people.filter(
    (person) =>
      plain(`${person.name} ${person.email}`).includes(wanted) &&
      (!role || person.roles.some((each) => each === role)) &&
      (!client || person.clients.some((each) => each.id === client)) &&
      (!language || person.languages.some((each) => each.code === language)) &&
      (!state || (IS[state]?.(person) ?? true)),
  );
}

/** "Lucía" is found by "lucia". */
function plain(text: string): string {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}
