import { expect, test } from "vitest";

import { asMoney, asPrice, lastMonth, monthAfter } from "./money";

test("months turn at the year's end", () => {
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2026-01", -1)).toBe("2025-12");
  expect(lastMonth(Date.parse("2026-01-31T10:00:00Z"))).toBe("2025-12");
});

test("money is written in the reader's way", () => {
  expect(asMoney("1234.5", "EUR", "en")).toBe("€1,234.50");
  expect(asMoney("1234.5", "EUR", "es").replace(/\s/g, " ")).toBe("1234,50 €");
  expect(asPrice("0.1234", "EUR", "en")).toBe("€0.1234");
});
