import { describe, expect, test } from "vitest";

import type { Clock } from "../model";
import { pressing, readClock } from "./clock";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const in_ = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function clock(more: Partial<Clock>): Clock {
  return {
    id: "1",
    metric: "first_response",
    state: "running",
    target_seconds: 60,
    elapsed_seconds: 0,
    due_at: in_(60),
    started_at: in_(0),
    running_since: in_(0),
    paused_reason: "",
    breached_at: null,
    met_at: null,
    within_target: null,
    clause: "",
    calendar: "",
    fraction: 0,
    remaining_seconds: 60,
    at_risk: false,
    told: "",
    counting: true,
    ...more,
  };
}

describe("a clock", () => {
  test("is calm at first and warns from three quarters", () => {
    expect(readClock(clock({}), NOW).tone).toBe("calm");
    expect(readClock(clock({ due_at: in_(15) }), NOW)).toMatchObject({ tone: "warn", left: 15 });
  });
  test("is late from its deadline on", () => {
    expect(readClock(clock({ due_at: in_(-5) }), NOW)).toEqual({ tone: "risk", used: 1, left: -5 });
  });
  test("keeps the server's fraction while closed hours lie before the deadline", () => {
    expect(readClock(clock({ due_at: in_(50_000), fraction: 0.4 }), NOW)).toMatchObject({ used: 0.4, tone: "calm" });
  });
  test("has nothing left to show when paused or met", () => {
    expect(readClock(clock({ state: "paused", due_at: null }), NOW).left).toBeNull();
    expect(readClock(clock({ state: "met", due_at: null }), NOW).tone).toBe("done");
  });
});

test("the most pressing clock is the late one, then the nearest deadline, never one that is met", () => {
  const far = clock({ metric: "resolution", due_at: in_(900) });
  const near = clock({ due_at: in_(30) });
  const late = clock({ state: "breached", due_at: in_(-30) });
  expect(pressing([far, near])).toBe(near);
  expect(pressing([near, late, far])).toBe(late);
  expect(pressing([clock({ state: "met" })])).toBeUndefined();
});
