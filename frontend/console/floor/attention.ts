/** Which agents need a look, and why. Pure. */

import type { FloorAgent } from "../../shared/model";

export type Look = "lost" | "long" | "full";

const LONG_SECONDS: Record<string, number> = { break: 30 * 60, busy: 20 * 60, wrap_up: 5 * 60, training: 2 * 3600 };

export function lookOf(agent: FloorAgent, now: number): Look | null {
  if (agent.status === "not_responding") return "lost";
  const seconds = (now - Date.parse(agent.since)) / 1000;
  if (seconds > (LONG_SECONDS[agent.status] ?? Infinity)) return "long";
  if (agent.status === "available" && agent.capacity > 0 && agent.load >= agent.capacity) return "full";
  return null;
}

/** Heard of within half a minute, as far as a snapshot of some seconds ago can tell. */
const HEARD_MS = 60_000;

/** Whether their console is open: of nobody else is a state set. */
export function isThere(agent: FloorAgent, now: number): boolean {
  return agent.last_heartbeat !== null && now - Date.parse(agent.last_heartbeat) < HEARD_MS;
}

const RANK: Record<Look, number> = { lost: 0, long: 1, full: 2 };
const STATES = ["not_responding", "busy", "wrap_up", "break", "training", "available", "offline"];

/** Those who need a look first, then by state, then longest in it. */
export function byNeed(agents: FloorAgent[], now: number): FloorAgent[] {
  const rank = (agent: FloorAgent) => {
    const look = lookOf(agent, now);
    return look ? RANK[look] : 3;
  };
  return [...agents].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      STATES.indexOf(a.status) - STATES.indexOf(b.status) ||
      a.since.localeCompare(b.since),
  );
}
