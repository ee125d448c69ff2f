import { expect, test } from "vitest";

import { dayAfter, extent, place, weekOf } from "./days";

const span = (started_at: string, ended_at: string) => ({ started_at, ended_at });

test("days step over the night of the change of clocks and the turn of the year", () => {
  expect([dayAfter("2026-10-25", 1), dayAfter("2027-01-01", -1)]).toEqual(["2026-10-26", "2026-12-31"]);
});

test("a week runs from Monday to Sunday", () => {
  expect(weekOf("2026-11-22")).toEqual({ from: "2026-11-16", to: "2026-11-22" });
  expect(weekOf("2026-11-16")).toEqual({ from: "2026-11-16", to: "2026-11-22" });
});

test("spans lie on one line for everybody", () => {
  const rows = [{ spans: [span("2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z")] }, { spans: [span("2026-11-22T09:00:00Z", "2026-11-22T12:00:00Z")] }];
  const line = extent(rows)!;
  expect(place(rows[1]!.spans[0]!, line)).toEqual({ left: 25, width: 75 });
  expect(extent([])).toBeNull();
});
