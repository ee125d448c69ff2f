import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { inside, may, tenantOf } from "./frame";

const FILTERS = ["tenant", "agent", "from", "to", "evaluated", "reason", "tag"] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

const finished = createRoute({
  getParentRoute: () => inside,
  path: "/finished",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): Filters =>
    Object.fromEntries(FILTERS.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
  component: lazyRouteComponent(() => import("../quality/FinishedPage"), "FinishedPage"),
});

const evaluate = createRoute({
  getParentRoute: () => inside,
  path: "/evaluate/$tenant/$conversation/$work",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("../quality/EvaluatePage"), "EvaluatePage"),
});

const evaluations = createRoute({
  getParentRoute: () => inside,
  path: "/evaluations",
  beforeLoad: may("agent", "supervisor"),
  validateSearch: (search): { tenant?: string; evaluation?: string } =>
    typeof search.evaluation === "string" ? { tenant: String(search.tenant), evaluation: search.evaluation } : {},
  component: lazyRouteComponent(() => import("../quality/EvaluationsPage"), "EvaluationsPage"),
});

const toEvaluate = createRoute({
  getParentRoute: () => inside,
  path: "/to-evaluate",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("../quality/ToEvaluatePage"), "ToEvaluatePage"),
});

const evaluationDisputes = createRoute({
  getParentRoute: () => inside,
  path: "/evaluation-disputes",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("../quality/DisputesPage"), "DisputesPage"),
});

const sampling = createRoute({
  getParentRoute: () => inside,
  path: "/sampling",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("../quality/SamplingPage"), "SamplingPage"),
});

const scorecards = createRoute({
  getParentRoute: () => inside,
  path: "/scorecards",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("../quality/ScorecardsPage"), "ScorecardsPage"),
});

const scorecard = createRoute({
  getParentRoute: () => inside,
  path: "/scorecards/$tenant/$scorecard",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("../quality/ScorecardPage"), "ScorecardPage"),
});

export const qualityRoutes = [finished, evaluate, evaluations, toEvaluate, evaluationDisputes, sampling, scorecards, scorecard] as const;
