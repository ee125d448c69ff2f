import { describe, expect, test } from "vitest";

import type { Definition } from "../../shared/model";
import * as edit from "./editing";
import { questionsOf } from "./scoring";

const question = (code: string) => ({ code, text: { en: code }, kind: "yes_no" as const, weight: 1 });
const CARD: Definition = {
  sections: [
    { code: "a", title: { en: "A" }, questions: [question("a1"), question("a2")] },
    { code: "b", title: { en: "B" }, questions: [question("b1")] },
  ],
};
const order = (definition: Definition) => definition.sections.map((section) => section.questions.map((each) => each.code).join(" "));

describe("editing a scorecard", () => {
  test("moves a question within its section and over its edge", () => {
    expect(order(edit.moveQuestion(CARD, { section: 0, question: 0 }, 1).definition)).toEqual(["a2 a1", "b1"]);
    const over = edit.moveQuestion(CARD, { section: 0, question: 1 }, 1);
    expect(order(over.definition)).toEqual(["a1", "a2 b1"]);
    expect(over.place).toEqual({ section: 1, question: 0 });
    expect(order(edit.moveQuestion(CARD, { section: 1, question: 0 }, -1).definition)).toEqual(["a1 a2 b1", ""]);
    expect(edit.moveQuestion(CARD, { section: 0, question: 0 }, -1).definition).toBe(CARD);
  });
  test("takes back and does again", () => {
    const start = { past: [], now: CARD, future: [] };
    const changed = edit.step(start, { type: "change", to: edit.removeQuestion(CARD, 0, 0) });
    expect(order(changed.now)).toEqual(["a2", "b1"]);
    const back = edit.step(changed, { type: "undo" });
    expect(back.now).toBe(CARD);
    expect(order(edit.step(back, { type: "redo" }).now)).toEqual(["a2", "b1"]);
    expect(edit.step(start, { type: "undo" })).toBe(start);
  });
  test("gives new questions codes of their own", () => {
    const twice = edit.addQuestion(edit.addQuestion(CARD, 0, 0), 1);
    const codes = questionsOf(twice).map((each) => each.code);
    expect(new Set(codes).size).toBe(5);
    expect(order(twice)[0]).toMatch(/^a1 q\d a2$/);
  });
  test("brings what another kind needs and drops what it does not", () => {
    const scale = edit.changeKind(CARD, 0, 0, "scale");
    expect(scale.sections[0]!.questions[0]).toMatchObject({ code: "a1", kind: "scale", max: 5 });
    expect(edit.changeKind(scale, 0, 0, "yes_no").sections[0]!.questions[0]).not.toHaveProperty("max");
  });
  test("finds the place of a fault", () => {
    expect(edit.placeOf("sections[2].questions[1].only_if.is[0]")).toEqual({ section: 2, question: 1, field: "only_if" });
    expect(edit.placeOf("sections[1].title")).toEqual({ section: 1, field: "title" });
    expect(edit.placeOf("sections")).toEqual({ section: 0, field: "sections" });
  });
});
