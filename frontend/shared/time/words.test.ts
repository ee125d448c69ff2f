import { describe, expect, test } from "vitest";

import { asAgo, asDay, asHour, asLeft, asMonth, asTimer, dayKey } from "./words";

describe("durations", () => {
  test.each([
    [0, "0:00"],
    [41, "0:41"],
    [119, "1:59"],
    [120, "2 min"],
    [3599, "59 min"],
    [3600, "1 h"],
    [19200, "5 h 20"],
    [3660, "1 h 01"],
    [48 * 3600, "2 d"],
    [-5, "0:00"],
  ])("%d s is left as %s", (seconds, words) => expect(asLeft(seconds)).toBe(words));

  test("a timer counts hours too", () => expect(asTimer(3723)).toBe("1:02:03"));
});

describe("instants", () => {
  const noon = Date.parse("2026-11-22T12:00:00Z");
  test("in the zone asked for", () => expect(asHour(noon, "en", "Europe/Madrid")).toBe("13:00"));
  test("midnight is 00", () => expect(asHour("2026-11-21T23:00:00Z", "es", "Europe/Madrid")).toBe("00:00"));
  test("a day of another year says so", () => {
    expect(asDay("2026-11-03T12:00:00Z", "en-GB", noon, "UTC")).toBe("3 Nov");
    expect(asDay("2025-11-03T12:00:00Z", "en-GB", noon, "UTC")).toBe("3 Nov 2025");
  });
  test("days turn at the reader's midnight", () => {
    expect(dayKey("2026-11-21T23:30:00Z", "Europe/Madrid")).toBe("2026-11-22");
    expect(dayKey("2026-11-21T23:30:00Z", "UTC")).toBe("2026-11-21");
  });
  test("a month has its name in the reader's language", () => expect(asMonth("2026-10", "es")).toBe("octubre de 2026"));
  test("the recent past is relative", () => {
    expect(asAgo(noon - 4 * 60_000, "en", noon)).toBe("4m ago");
    expect(asAgo(noon - 26 * 3600_000, "es", noon)).toBe("ayer");
  });
});
