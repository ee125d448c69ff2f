import { describe, expect, test } from "vitest";

import type { Definition } from "../../shared/model";
import { preview } from "./scoring";

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
