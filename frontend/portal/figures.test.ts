import { expect, test } from "vitest";

import { asDuration, asMoney, asPercent, heights, linePath, monthAt, shiftMonth } from "./figures";

test("a missed goal is never rounded up to it", () => {
  expect(asPercent("0.79996", "en", "0.8")).toBe("79.99%");
  expect(asPercent("0.6666667", "en", "0.8")).toBe("66.67%");
  expect(asPercent("0.7916666667", "en", "0.8")).toBe("79.17%");
  expect(asPercent("0.8", "en", "0.8")).toBe("80.00%");
  expect(asPercent(0.796, "en", 0.8, 0)).toBe("79%");
  expect(asPercent(0.796, "en", 0.9, 0)).toBe("80%");
  expect(asPercent("0.84104", "en", "0.8")).toBe("84.10%");
  expect(asPercent("0.8", "en")).toBe("80%");
  expect(asPercent("0.925", "en")).toBe("92.50%");
  expect(asPercent("1", "en", "0.8")).toBe("100%");
});

test("durations are told to the second", () => {
  expect([0, 45, 60, 725, 3600, 19_200, 3661].map(asDuration)).toEqual([
    "0 s",
    "45 s",
    "1 min",
    "12 min 05 s",
    "1 h",
    "5 h 20 min",
    "1 h 01 min 01 s",
  ]);
});

test("money keeps its cents", () => expect(asMoney("150.5", "EUR", "en")).toBe("€150.50"));

test("a month is that of the shop's zone, and months turn over years", () => {
  expect(monthAt(new Date("2026-10-31T23:30:00Z"), "Europe/Rome")).toBe("2026-11");
  expect(monthAt(new Date("2026-10-31T22:30:00Z"), "UTC")).toBe("2026-10");
  expect(shiftMonth("2026-01", -1)).toBe("2025-12");
  expect(shiftMonth("2026-12", 1)).toBe("2027-01");
});

test("bars are shares of the highest", () => {
  expect(heights([0, 5, 10])).toEqual([0, 0.5, 1]);
  expect(heights([0, 0])).toEqual([0, 0]);
});

test("a month without a figure breaks the line", () => {
  expect(linePath([0, null, 1], 10, 10)).toBe("M0.0 10.0M10.0 0.0");
  expect(linePath([0, 1], 10, 10)).toBe("M0.0 10.0L10.0 0.0");
  expect(linePath([0.5, 0.5], 10, 10)).toBe("M0.0 5.0L10.0 5.0");
  expect(linePath([null, null], 10, 10)).toBe("");
});
