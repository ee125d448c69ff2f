import { expect, test } from "vitest";

import { asTyped, instantOf, mondayAt, tomorrowAt } from "./zones";

const SUNDAY = Date.parse("2026-11-22T23:30:00Z");

test.each(["Europe/Madrid", "America/New_York", "Asia/Kolkata", "UTC"])("what is typed by the clock of %s is the instant it shows", (zone) => {
  expect(instantOf(asTyped(SUNDAY, zone), zone)).toBe(SUNDAY);
});

test("tomorrow is the shop's tomorrow", () => {
  expect(new Date(tomorrowAt(9, SUNDAY, "Europe/Madrid")).toISOString()).toBe("2026-11-24T08:00:00.000Z");
  expect(new Date(tomorrowAt(9, SUNDAY, "America/New_York")).toISOString()).toBe("2026-11-23T14:00:00.000Z");
});

test("Monday is one to come", () => {
  expect(new Date(mondayAt(9, SUNDAY, "Europe/Madrid")).toISOString()).toBe("2026-11-30T08:00:00.000Z");
  expect(new Date(mondayAt(9, SUNDAY, "America/New_York")).toISOString()).toBe("2026-11-23T14:00:00.000Z");
});

test("the clock's changes are kept to", () => {
  expect(new Date(instantOf("2027-03-28T03:30", "Europe/Madrid")!).toISOString()).toBe("2027-03-28T01:30:00.000Z");
  expect(new Date(instantOf("2027-03-28T01:30", "Europe/Madrid")!).toISOString()).toBe("2027-03-28T00:30:00.000Z");
  expect(instantOf("", "Europe/Madrid")).toBeNull();
});
