import { expect, test } from "vitest";

import type { Person } from "../../shared/model";
import { narrow } from "./narrow";

const person = (name: string, more: Partial<Person> = {}): Person =>
  ({ id: name, name, email: `${name.toLowerCase()}@bpo.example`, roles: ["agent"], languages: [], clients: [], all_clients: false, is_active: true, locked: false, two_step: true, has_password: true, link_until: null, seen_at: null, ...more }) as Person;
const acme = { id: "a", name: "Acme", mark: "AC", color: "#000000" };
const people = [
  person("Lucía", { languages: [{ code: "es", level: 5 }], clients: [acme] }),
  person("Omar", { roles: ["operator"], is_active: false }),
  person("Nora", { link_until: "2026-11-22T09:00:00Z", two_step: false }),
];
const names = (asked: Parameters<typeof narrow>[1]) => narrow(people, asked).map((each) => each.name);

test("everybody is there until something is asked for", () => {
  expect(names({})).toEqual(["Lucía", "Omar", "Nora"]);
});

test.each([
  [{ words: "lucia" }, ["Lucía"]],
  [{ words: "NORA@" }, ["Nora"]],
  [{ role: "operator" }, ["Omar"]],
  [{ client: "a" }, ["Lucía"]],
  [{ language: "es" }, ["Lucía"]],
  [{ state: "suspended" }, ["Omar"]],
  [{ state: "invited" }, ["Nora"]],
  [{ state: "oneStep" }, ["Nora"]],
  [{ role: "agent", state: "active", words: "nora" }, ["Nora"]],
  [{ client: "b" }, []],
])("%j finds %j", (asked, expected) => {
  expect(names(asked)).toEqual(expected);
});
