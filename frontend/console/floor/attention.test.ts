import { expect, test } from "vitest";

import type { FloorAgent } from "../../shared/model";
import { byNeed, isThere, lookOf } from "./attention";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const agent = (name: string, more: Partial<FloorAgent>): FloorAgent => ({
  id: name,
  name,
  status: "available",
  reason: "",
  reason_name: "",
  set_by: null,
  since: "2026-11-22T09:55:00Z",
  load: 0,
  capacity: 4,
  languages: [],
  clients: [],
  active: 0,
  last_heartbeat: null,
  ...more,
});

test("who does not respond comes first, then long breaks, then full hands, offline last", () => {
  const agents = [
    agent("offline", { status: "offline" }),
    agent("free", {}),
    agent("full", { load: 4 }),
    agent("lost", { status: "not_responding" }),
    agent("long", { status: "break", since: "2026-11-22T09:00:00Z" }),
  ];
  expect(byNeed(agents, NOW).map((each) => each.name)).toEqual(["lost", "long", "full", "free", "offline"]);
});

test("a short break needs no look", () => {
  expect(lookOf(agent("ana", { status: "break" }), NOW)).toBeNull();
});

test("nobody's state is set whose console has not been heard of for a minute", () => {
  expect(isThere(agent("there", { last_heartbeat: "2026-11-22T09:59:30Z" }), NOW)).toBe(true);
  expect(isThere(agent("gone", { last_heartbeat: "2026-11-22T09:58:30Z" }), NOW)).toBe(false);
  expect(isThere(agent("never", {}), NOW)).toBe(false);
});
