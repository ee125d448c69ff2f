import { describe, expect, it } from "vitest";

import { dayWord, fieldWord, hoursWords, itemWords, promise, valueWords } from "./words";

const say = ((key: string) => key) as never;

describe("a contract in words", () => {
  it("counts a promise in hours, as contracts do", () => {
    expect(promise(60)).toBe("60 s");
    expect(promise(5400)).toBe("1 h 30 min");
    expect(promise(18 * 3600)).toBe("18 h");
    expect(promise(125)).toBe("2 min 5 s");
  });

  it("shows what a version does not say as a dash", () => {
    expect(valueWords("seconds", null, "en")).toBe("–");
    expect(valueWords("goal", 0.8, "en")).toBe("80%");
    expect(valueWords("goal", "0.925", "en")).toBe("92.5%");
    expect(valueWords("score goal", "87.5", "en")).toBe("87.5");
    expect(hoursWords([["09:00", "14:00"], ["16:00", "20:00"]])).toBe("09:00–14:00, 16:00–20:00");
    expect(hoursWords([])).toBe("–");
  });

  it("names days, fields and items, and leaves unknown codes as they are", () => {
    expect(dayWord(0, "en")).toBe("Mon");
    expect(fieldWord("weekly.sun", "es", say)).toBe("dom");
    expect(fieldWord("penalty.cap_points", "en", say)).toBe("contract.fields.penalty_cap_points");
    expect(fieldWord("tiers.0", "en", say)).toBe("tiers 0");
    expect(itemWords(["chat", "first_response", "normal", ""], say)).toBe("contract.groups.chat · clock.first_response");
  });
});
