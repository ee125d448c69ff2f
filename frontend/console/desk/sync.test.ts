import { expect, test } from "vitest";

import type { Clock, Desk, Work } from "../../shared/model";
import { lastWarning, newsBetween } from "./sync";

const clock = (told: Clock["told"], state: Clock["state"] = "running") => ({ told, state }) as Clock;
const work = (id: string, ...clocks: Clock[]) => ({ id, unread: 0, clocks }) as Work;
const desk = (...active: Work[]) => ({ offers: [], active }) as unknown as Desk;

test("the gravest warning on what is still owed counts", () => {
  expect(lastWarning(work("a", clock(""), clock("nearly"), clock("at_risk")))).toBe(2);
  expect(lastWarning(work("a", clock("breach", "met"), clock("at_risk")))).toBe(1);
  expect(lastWarning(work("a"))).toBe(0);
});

test("a warning is news once, and none where the work came with it", () => {
  const calm = desk(work("a", clock("")), work("b", clock("at_risk")));
  const warned = desk(work("a", clock("at_risk")), work("b", clock("at_risk")), work("c", clock("breach")));
  expect(newsBetween(calm, warned).warned.map((each) => each.id)).toEqual(["a"]);
  expect(newsBetween(warned, warned).warned).toEqual([]);
  const broken = desk(work("a", clock("breach", "breached")), work("b", clock("at_risk")), work("c", clock("breach")));
  expect(newsBetween(warned, broken).warned.map((each) => each.id)).toEqual(["a"]);
});
