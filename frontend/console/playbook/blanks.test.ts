import { describe, expect, test } from "vitest";

import { blanksIn, fillWith, gist, nextBlank, unitsOf } from "./blanks";

describe("blanks", () => {
  test("are found with what they ask for", () => {
    expect(blanksIn("Dear [[name]], case {{ case.number }}.")).toEqual([
      { start: 5, end: 13, what: "name" },
      { start: 20, end: 37, what: "case.number" },
    ]);
    expect(blanksIn("a [single] bracket, an {object}")).toEqual([]);
  });
  test("follow one another, and begin anew after the last", () => {
    const text = "[[one]] and [[two]]";
    expect(nextBlank(text, 3)?.what).toBe("two");
    expect(nextBlank(text, 15)?.what).toBe("one");
    expect(nextBlank("none", 0)).toBeUndefined();
  });
});

test("one more space is the same text", () => {
  expect(gist(" Hello,\n  WORLD ")).toBe(gist("hello, world"));
});

test("places of the server fit letters beyond the first plane", () => {
  const text = "👟👟 Northlight";
  expect(unitsOf(text, { "3-13": "name" })).toEqual([{ start: 5, end: 15, kind: "name" }]);
  expect(text.slice(5, 15)).toBe("Northlight");
});

test("a preview fills what it knows and leaves the rest", () => {
  expect(fillWith("{{ case.number }} {{x}}", { "case.number": "AC-1" })).toBe("AC-1 {{x}}");
});
