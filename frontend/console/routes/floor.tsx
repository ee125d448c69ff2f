import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { inside, may } from "./frame";

const DAY = /^\d{4}-\d\d-\d\d$/;
/** A day of the address is one; anything else is as if it were not there. */
const dayOf = <T extends string>(search: Record<string, unknown>, ...names: T[]): Partial<Record<T, string>> =>
  Object.fromEntries(names.flatMap((name) => (DAY.test(String(search[name])) ? [[name, String(search[name])]] : []))) as Partial<Record<T, string>>;
const agentOf = (search: Record<string, unknown>): { agent?: string } => (typeof search.agent === "string" ? { agent: search.agent } : {});

const floor = createRoute({
  getParentRoute: () => inside,
  path: "/floor",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tv?: 1; queue?: string } => ({
    ...(search.tv ? { tv: 1 as const } : {}),
    ...(typeof search.queue === "string" ? { queue: search.queue } : {}),
  }),
  component: lazyRouteComponent(() => import("../floor/FloorPage"), "FloorPage"),
});

const floorDays = createRoute({
  getParentRoute: () => inside,
  path: "/floor/days",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { day?: string; agent?: string } => ({ ...dayOf(search, "day"), ...agentOf(search) }),
  component: lazyRouteComponent(() => import("../floor/DaysPage"), "DaysPage"),
});

const floorTime = createRoute({
  getParentRoute: () => inside,
  path: "/floor/time",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { from?: string; to?: string; agent?: string } => ({ ...dayOf(search, "from", "to"), ...agentOf(search) }),
  component: lazyRouteComponent(() => import("../floor/TimePage"), "TimePage"),
});

const floorReasons = createRoute({
  getParentRoute: () => inside,
  path: "/floor/reasons",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("../floor/ReasonsPage"), "ReasonsPage"),
});

const planning = createRoute({
  getParentRoute: () => inside,
  path: "/planning",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { day?: string } => (typeof search.day === "string" ? { day: search.day } : {}),
  component: lazyRouteComponent(() => import("../planning/PlanningPage"), "PlanningPage"),
});

const whatIf = createRoute({
  getParentRoute: () => inside,
  path: "/planning/$whatIf",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("../planning/WhatIfPage"), "WhatIfPage"),
});

export const floorRoutes = [floor, floorDays, floorTime, floorReasons, planning, whatIf] as const;
