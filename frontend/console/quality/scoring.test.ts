import { describe, expect, test } from "vitest";

import type { Definition } from "../../shared/model";
import { askedIn, needsComment, preview } from "./scoring";

const question = (code: string, more: object) => ({ code, text: { en: code }, kind: "yes_no" as const, weight: 1, ...more });
const CARD: Definition = {
  sections: [
    { code: "tone", title: { en: "Tone" }, questions: [question("greets", { weight: 2 }), question("warm", { kind: "scale", max: 5, weight: 1 })] },
    { code: "law", title: { en: "Law" }, questions: [question("identifies", { critical: true }), question("secret", { fatal: true, na_allowed: true })] },
  ],
};

describe("the score while filling", () => {
  test("is nothing before the first answer", () => {
    expect(preview(CARD, {})).toMatchObject({ percent: null, missing: 4 });
  });
  test("counts what is answered, each by its weight", () => {
    expect(preview(CARD, { greets: true, warm: 3 })).toMatchObject({ percent: 86.67, sections: { tone: 86.67, law: null }, missing: 2 });
  });
  test("not applicable takes the weight out", () => {
    expect(preview(CARD, { greets: true, warm: 5, identifies: true, secret: "na" })).toMatchObject({ percent: 100, missing: 0 });
  });
  test("a failed critical question zeroes its section, weights stay in", () => {
    const result = preview(CARD, { greets: true, warm: 5, identifies: false, secret: true });
    expect(result).toMatchObject({ percent: 60, sections: { tone: 100, law: 0 }, failedCritical: ["identifies"] });
  });
  test("a failed fatal question zeroes the whole", () => {
    expect(preview(CARD, { greets: true, warm: 5, identifies: true, secret: false })).toMatchObject({ percent: 0, fatal: true, sections: { tone: 0, law: 0 } });
  });
});

const RICH: Definition = {
  sections: [
    {
      code: "back",
      title: { en: "Back" },
      questions: [
        question("returns", {}),
        question("label", { weight: 3, only_if: { question: "returns", is: [true] }, comment: "failed" }),
        question("when", { kind: "choice", weight: 2, options: [{ code: "day", text: {}, points: 4 }, { code: "about", text: {}, points: 2 }] }),
        question("silence", { kind: "number", none_at: 30, full_at: 10, channels: ["webchat"] }),
      ],
    },
  ],
};

describe("what is asked", () => {
  test("follows the answers and the channel", () => {
    expect([...askedIn(RICH, { returns: true }, "webchat")]).toEqual(["returns", "label", "when", "silence"]);
    expect([...askedIn(RICH, { returns: false }, "email")]).toEqual(["returns", "when"]);
  });
  test("weighs choices by points and numbers by where they lie", () => {
    expect(preview(RICH, { returns: false, when: "about", silence: 20 }, "webchat")).toMatchObject({ percent: 37.5, missing: 0 });
    expect(preview(RICH, { returns: true, label: true, when: "day", silence: 5 }, "webchat").percent).toBe(100);
  });
  test("does not hang on a loop", () => {
    const loop: Definition = {
      sections: [{ code: "s", title: {}, questions: [question("a", { only_if: { question: "b", is: [true] } }), question("b", { only_if: { question: "a", is: [true] } })] }],
    };
    expect(askedIn(loop, { a: true, b: true }).size).toBe(0);
  });
  test("says what must be explained", () => {
    const label = RICH.sections[0]!.questions[1]!;
    expect(needsComment(label, false)).toBe(true);
    expect(needsComment(label, true)).toBe(false);
    expect(needsComment(label, undefined)).toBe(false);
  });
});
