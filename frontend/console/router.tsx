import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type NotFoundRouteProps,
} from "@tanstack/react-router";

import { ApiError } from "../shared/api/http";
import type { Role } from "../shared/model";
import { DeskPage } from "./desk/DeskPage";
import { DISPUTE_STATES, type DisputeSearch } from "./operator/disputes";
import { NARROWING, type Narrowed } from "./people/narrow";
import { has, meQuery, mustSetUp, suit } from "./session";
import { Broken, Lost, Shell, Starting } from "./shell/Shell";

const loadConversation = () => import("./conversation/ConversationPage");

/** The first conversation opens at once: its code is fetched while the desk is looked at. */
const warmConversation = () => setTimeout(() => void loadConversation(), 300);

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ notFoundComponent: (_: NotFoundRouteProps) => <Lost /> });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string } => (typeof search.to === "string" ? { to: search.to } : {}),
  component: lazyRouteComponent(() => import("./account/SignInPage"), "SignInPage"),
});

const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  component: lazyRouteComponent(() => import("./account/PasswordPages"), "SetPasswordPage"),
});

const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten",
  component: lazyRouteComponent(() => import("./account/PasswordPages"), "ForgottenPage"),
});

/** Everything behind sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.client.ensureQueryData(meQuery);
      await suit(me);
      if (mustSetUp(me) && location.pathname !== "/profile") throw redirect({ to: "/profile" });
    } catch (error) {
      if (error instanceof ApiError && [401, 403].includes(error.status))
        throw redirect({ to: "/sign-in", search: location.pathname === "/" ? {} : { to: location.href } });
      throw error;
    }
  },
  component: Shell,
  pendingComponent: Starting,
  errorComponent: Broken,
});

const may = (...roles: Role[]) =>
  async ({ context }: { context: Context }) => {
    if (!has(await context.client.ensureQueryData(meQuery), ...roles)) throw redirect({ to: "/profile" });
  };

const desk = createRoute({
  getParentRoute: () => inside,
  id: "desk",
  component: DeskPage,
});

const home = createRoute({
  getParentRoute: () => desk,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.client.ensureQueryData(meQuery);
    if (has(me, "agent")) return void warmConversation();
    if (has(me, "supervisor")) throw redirect({ to: "/floor" });
    throw redirect({ to: has(me, "operator") ? "/billing" : "/profile" });
  },
});

const conversation = createRoute({
  getParentRoute: () => desk,
  path: "/c/$tenant/$conversation",
  component: lazyRouteComponent(loadConversation, "ConversationPage"),
});

const mentions = createRoute({
  getParentRoute: () => inside,
  path: "/mentions",
  beforeLoad: may("agent", "supervisor"),
  component: lazyRouteComponent(() => import("./desk/MentionsPage"), "MentionsPage"),
});

const floor = createRoute({
  getParentRoute: () => inside,
  path: "/floor",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tv?: 1; queue?: string } => ({
    ...(search.tv ? { tv: 1 as const } : {}),
    ...(typeof search.queue === "string" ? { queue: search.queue } : {}),
  }),
  component: lazyRouteComponent(() => import("./floor/FloorPage"), "FloorPage"),
});

const DAY = /^\d{4}-\d\d-\d\d$/;
/** A day of the address is one; anything else is as if it were not there. */
const dayOf = <T extends string>(search: Record<string, unknown>, ...names: T[]): Partial<Record<T, string>> =>
  Object.fromEntries(names.flatMap((name) => (DAY.test(String(search[name])) ? [[name, String(search[name])]] : []))) as Partial<Record<T, string>>;
const agentOf = (search: Record<string, unknown>): { agent?: string } => (typeof search.agent === "string" ? { agent: search.agent } : {});

const floorDays = createRoute({
  getParentRoute: () => inside,
  path: "/floor/days",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { day?: string; agent?: string } => ({ ...dayOf(search, "day"), ...agentOf(search) }),
  component: lazyRouteComponent(() => import("./floor/DaysPage"), "DaysPage"),
});

const floorTime = createRoute({
  getParentRoute: () => inside,
  path: "/floor/time",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { from?: string; to?: string; agent?: string } => ({ ...dayOf(search, "from", "to"), ...agentOf(search) }),
  component: lazyRouteComponent(() => import("./floor/TimePage"), "TimePage"),
});

const floorReasons = createRoute({
  getParentRoute: () => inside,
  path: "/floor/reasons",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("./floor/ReasonsPage"), "ReasonsPage"),
});

const FILTERS = ["tenant", "agent", "from", "to", "evaluated", "reason", "tag"] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string>>;

const finished = createRoute({
  getParentRoute: () => inside,
  path: "/finished",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): Filters =>
    Object.fromEntries(FILTERS.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
  component: lazyRouteComponent(() => import("./quality/FinishedPage"), "FinishedPage"),
});

const evaluate = createRoute({
  getParentRoute: () => inside,
  path: "/evaluate/$tenant/$conversation/$work",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("./quality/EvaluatePage"), "EvaluatePage"),
});

const evaluations = createRoute({
  getParentRoute: () => inside,
  path: "/evaluations",
  beforeLoad: may("agent", "supervisor"),
  validateSearch: (search): { tenant?: string; evaluation?: string } =>
    typeof search.evaluation === "string" ? { tenant: String(search.tenant), evaluation: search.evaluation } : {},
  component: lazyRouteComponent(() => import("./quality/EvaluationsPage"), "EvaluationsPage"),
});

const tenantOf = (search: Record<string, unknown>): { tenant?: string } => (typeof search.tenant === "string" ? { tenant: search.tenant } : {});

const toEvaluate = createRoute({
  getParentRoute: () => inside,
  path: "/to-evaluate",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("./quality/ToEvaluatePage"), "ToEvaluatePage"),
});

const evaluationDisputes = createRoute({
  getParentRoute: () => inside,
  path: "/evaluation-disputes",
  beforeLoad: may("supervisor"),
  component: lazyRouteComponent(() => import("./quality/DisputesPage"), "DisputesPage"),
});

const sampling = createRoute({
  getParentRoute: () => inside,
  path: "/sampling",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("./quality/SamplingPage"), "SamplingPage"),
});

const scorecards = createRoute({
  getParentRoute: () => inside,
  path: "/scorecards",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("./quality/ScorecardsPage"), "ScorecardsPage"),
});

const scorecard = createRoute({
  getParentRoute: () => inside,
  path: "/scorecards/$tenant/$scorecard",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("./quality/ScorecardPage"), "ScorecardPage"),
});

const billing = createRoute({
  getParentRoute: () => inside,
  path: "/billing",
  beforeLoad: may("operator"),
  validateSearch: (search): { month?: string; invoice?: string } => ({
    ...(/^\d{4}-\d\d$/.test(String(search.month)) ? { month: String(search.month) } : {}),
    ...(typeof search.invoice === "string" ? { invoice: search.invoice } : {}),
  }),
  component: lazyRouteComponent(() => import("./operator/BillingPage"), "BillingPage"),
});

const planning = createRoute({
  getParentRoute: () => inside,
  path: "/planning",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { day?: string } => (typeof search.day === "string" ? { day: search.day } : {}),
  component: lazyRouteComponent(() => import("./planning/PlanningPage"), "PlanningPage"),
});

const whatIf = createRoute({
  getParentRoute: () => inside,
  path: "/planning/$whatIf",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("./planning/WhatIfPage"), "WhatIfPage"),
});

const search = createRoute({
  getParentRoute: () => inside,
  path: "/search",
  beforeLoad: may("agent", "supervisor", "operator"),
  validateSearch: (search): { q?: string } => (search.q ? { q: String(search.q).slice(0, 200) } : {}),
  component: lazyRouteComponent(() => import("./finding/SearchPage"), "SearchPage"),
});

const topics = createRoute({
  getParentRoute: () => inside,
  path: "/topics",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tenant?: string } => (typeof search.tenant === "string" ? { tenant: search.tenant } : {}),
  component: lazyRouteComponent(() => import("./finding/TopicsPage"), "TopicsPage"),
});

const customers = createRoute({
  getParentRoute: () => inside,
  path: "/customers",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tenant?: string; customer?: string } => ({
    ...(typeof search.tenant === "string" ? { tenant: search.tenant } : {}),
    ...(typeof search.customer === "string" ? { customer: search.customer } : {}),
  }),
  component: lazyRouteComponent(() => import("./customers/CustomersPage"), "CustomersPage"),
});

const PLAYBOOK = ["reply", "macro", "procedure", "bulletin", "rules"] as const;

const playbook = createRoute({
  getParentRoute: () => inside,
  path: "/playbook",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tenant?: string; kind?: (typeof PLAYBOOK)[number]; item?: string; archived?: 1 } => {
    const kind = PLAYBOOK.find((each) => each === search.kind);
    const text = (name: "tenant" | "item") => (typeof search[name] === "string" ? { [name]: search[name] } : {});
    return { ...text("tenant"), ...(kind ? { kind } : {}), ...text("item"), ...(search.archived ? { archived: 1 as const } : {}) };
  },
  component: lazyRouteComponent(() => import("./playbook/PlaybookPage"), "PlaybookPage"),
});

const brandStops = createRoute({
  getParentRoute: () => inside,
  path: "/playbook/stops",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("./playbook/StopsPage"), "StopsPage"),
});

const shops = createRoute({
  getParentRoute: () => inside,
  path: "/shops",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./shops/ShopsPage"), "ShopsPage"),
});

const shop = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./shops/ShopPage"), "ShopPage"),
});

const contract = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/contract",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./shops/ContractPage"), "ContractPage"),
});

const clientReports = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/reports",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./shops/ReportsPage"), "ReportsPage"),
});

const contractVersion = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/contract/$version",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./shops/ContractVersionPage"), "ContractVersionPage"),
});

const newShop = createRoute({
  getParentRoute: () => inside,
  path: "/shops/new",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./operator/NewShopPage"), "NewShopPage"),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
  beforeLoad: may("operator"),
  validateSearch: (search): Narrowed => Object.fromEntries(NARROWING.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
  component: lazyRouteComponent(() => import("./people/PeoplePage"), "PeoplePage"),
});

const person = createRoute({
  getParentRoute: () => inside,
  path: "/people/$person",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./people/PersonPage"), "PersonPage"),
});

const invitations = createRoute({
  getParentRoute: () => inside,
  path: "/people/invitations",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./people/InvitationsPage"), "InvitationsPage"),
});

const skills = createRoute({
  getParentRoute: () => inside,
  path: "/people/skills",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./people/SkillsPage"), "SkillsPage"),
});

const roster = createRoute({
  getParentRoute: () => inside,
  path: "/people/import",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("./people/ImportPage"), "ImportPage"),
});

const couldServe = createRoute({
  getParentRoute: () => inside,
  path: "/people/could-serve",
  beforeLoad: may("operator"),
  validateSearch: (search): { client?: string; at?: string } => ({
    ...(typeof search.client === "string" ? { client: search.client } : {}),
    ...(Number.isNaN(Date.parse(String(search.at))) ? {} : { at: String(search.at) }),
  }),
  component: lazyRouteComponent(() => import("./people/CouldServePage"), "CouldServePage"),
});

const shopKeys = createRoute({
  getParentRoute: () => inside,
  path: "/people/keys",
  beforeLoad: may("operator"),
  validateSearch: (search): { client?: string } => (typeof search.client === "string" ? { client: search.client } : {}),
  component: lazyRouteComponent(() => import("./people/KeysPage"), "KeysPage"),
});

const heldUp = createRoute({
  getParentRoute: () => inside,
  path: "/held-up",
  beforeLoad: may("operator"),
  validateSearch: (search): { tenant?: string } => (typeof search.tenant === "string" ? { tenant: search.tenant } : {}),
  component: lazyRouteComponent(() => import("./operator/HeldUpPage"), "HeldUpPage"),
});

const disputes = createRoute({
  getParentRoute: () => inside,
  path: "/disputes",
  beforeLoad: may("operator"),
  validateSearch: (search): DisputeSearch => {
    const state = DISPUTE_STATES.find((each) => each === search.state);
    const text = (name: "client" | "tenant" | "dispute") => (typeof search[name] === "string" ? { [name]: search[name] } : {});
    return { ...(state ? { state } : {}), ...text("client"), ...text("tenant"), ...text("dispute") };
  },
  component: lazyRouteComponent(() => import("./operator/DisputesPage"), "DisputesPage"),
});

const AUDIT = ["person", "client", "action", "from", "to"] as const;

const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  beforeLoad: may("operator"),
  validateSearch: (search): Partial<Record<(typeof AUDIT)[number], string>> & { page?: number } => ({
    ...Object.fromEntries(AUDIT.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
    ...(Number(search.page) > 1 ? { page: Number(search.page) } : {}),
  }),
  component: lazyRouteComponent(() => import("./operator/AuditPage"), "AuditPage"),
});

const profile = createRoute({
  getParentRoute: () => inside,
  path: "/profile",
  component: lazyRouteComponent(() => import("./account/ProfilePage"), "ProfilePage"),
});

const tree = root.addChildren([
  signIn,
  setPassword,
  forgotten,
  inside.addChildren([
    desk.addChildren([home, conversation]),
    mentions,
    floor,
    floorDays,
    floorTime,
    floorReasons,
    finished,
    evaluate,
    evaluations,
    toEvaluate,
    evaluationDisputes,
    sampling,
    scorecards,
    scorecard,
    planning,
    whatIf,
    customers,
    search,
    topics,
    playbook,
    brandStops,
    billing,
    shops,
    shop,
    contract,
    contractVersion,
    clientReports,
    newShop,
    people,
    person,
    invitations,
    skills,
    roster,
    couldServe,
    shopKeys,
    heldUp,
    disputes,
    audit,
    profile,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: false, defaultPendingMs: 150 });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
