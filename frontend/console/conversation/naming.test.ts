import { expect, test } from "vitest";

import { begunName, matching, namedIn, withName } from "./naming";

const people = [
  { id: "1", name: "Ana Ruíz" },
  { id: "2", name: "Paolo P." },
  { id: "3", name: "Ana Paz" },
];

test("a name is begun by @ at the start of a word", () => {
  expect(begunName("mira @an", 8)).toBe("an");
  expect(begunName("@", 1)).toBe("");
  expect(begunName("ana@example.com", 15)).toBeNull();
  expect(begunName("mira @an y luego", 16)).toBe("an y luego");
});

test("accents and case do not matter, and the surname counts", () => {
  expect(matching(people, "ana ru").map((each) => each.id)).toEqual(["1"]);
  expect(matching(people, "p").map((each) => each.id)).toEqual(["2", "3"]);
  expect(matching(people, "an y luego")).toEqual([]);
});

test("the picked name replaces what was begun, and is found again", () => {
  const put = withName("mira @an, por favor", 8, "Ana Ruíz");
  expect(put).toEqual({ text: "mira @Ana Ruíz , por favor", caret: 15 });
  expect(namedIn(put.text, people)).toEqual(["1"]);
  expect(namedIn("mira Ana Ruíz", people)).toEqual([]);
});
