import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { NARROWING, type Narrowed } from "../people/narrow";
import { inside, may } from "./frame";

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
  beforeLoad: may("operator"),
  validateSearch: (search): Narrowed => Object.fromEntries(NARROWING.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
  component: lazyRouteComponent(() => import("../people/PeoplePage"), "PeoplePage"),
});

const person = createRoute({
  getParentRoute: () => inside,
  path: "/people/$person",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../people/PersonPage"), "PersonPage"),
});

const invitations = createRoute({
  getParentRoute: () => inside,
  path: "/people/invitations",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../people/InvitationsPage"), "InvitationsPage"),
});

const skills = createRoute({
  getParentRoute: () => inside,
  path: "/people/skills",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../people/SkillsPage"), "SkillsPage"),
});

const roster = createRoute({
  getParentRoute: () => inside,
  path: "/people/import",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../people/ImportPage"), "ImportPage"),
});

const couldServe = createRoute({
  getParentRoute: () => inside,
  path: "/people/could-serve",
  beforeLoad: may("operator"),
  validateSearch: (search): { client?: string; at?: string } => ({
    ...(typeof search.client === "string" ? { client: search.client } : {}),
    ...(Number.isNaN(Date.parse(String(search.at))) ? {} : { at: String(search.at) }),
  }),
  component: lazyRouteComponent(() => import("../people/CouldServePage"), "CouldServePage"),
});

const shopKeys = createRoute({
  getParentRoute: () => inside,
  path: "/people/keys",
  beforeLoad: may("operator"),
  validateSearch: (search): { client?: string } => (typeof search.client === "string" ? { client: search.client } : {}),
  component: lazyRouteComponent(() => import("../people/KeysPage"), "KeysPage"),
});

export const peopleRoutes = [people, person, invitations, skills, roster, couldServe, shopKeys] as const;
