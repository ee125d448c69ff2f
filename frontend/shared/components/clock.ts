/** What a clock shows at an instant. Pure. */

import type { Clock } from "../model";

export type Tone = "calm" | "warn" | "risk" | "paused" | "done";

export interface Reading {
  tone: Tone;
  /** Share of the target used up, 0 to 1. */
  used: number;
  /** Seconds left, negative when late; null when it does not run. */
  left: number | null;
}

const AT_RISK = 0.75;

/**
 * While open hours run, wall time and open time pass alike, so the deadline tells; outside them, or with
 * closed hours before the deadline (more wall time left than target), the server's own fraction stands.
 */
export function readClock(clock: Clock, now: number): Reading {
  const given = Math.min(1, Math.max(0, clock.fraction));
  if (clock.state === "met" || clock.state === "voided") return { tone: "done", used: given, left: null };
  if (clock.state === "paused") return { tone: "paused", used: given, left: null };
  if (!clock.due_at) return { tone: clock.state === "breached" ? "risk" : "calm", used: given, left: null };
  const left = (Date.parse(clock.due_at) - now) / 1000;
  if (left <= 0 || clock.state === "breached") return { tone: "risk", used: 1, left: Math.min(left, 0) };
  const used = left >= clock.target_seconds ? given : Math.max(given, 1 - left / clock.target_seconds);
  return { tone: used >= AT_RISK ? "warn" : "calm", used, left };
}

const ORDER: Record<Clock["state"], number> = { breached: 0, running: 1, paused: 2, met: 3, voided: 3 };

/** What the client takes to answer is nobody's promise here. */
const CLIENTS_OWN = "client_answer";

/** The clock that presses most: late ones, then the nearest deadline; none if all are done. */
export function pressing(clocks: Clock[]): Clock | undefined {
  const open = clocks.filter((clock) => clock.state !== "met" && clock.state !== "voided" && clock.metric !== CLIENTS_OWN);
  return open.sort(
    (a, b) => ORDER[a.state] - ORDER[b.state] || (a.due_at ?? "9").localeCompare(b.due_at ?? "9"),
  )[0];
}
