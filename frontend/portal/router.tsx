import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";

import { ApiError } from "../shared/api/http";
import { FILTERS, type DisputeAsked, type Filters } from "./api";
import { OverviewPage } from "./overview/OverviewPage";
import { isClient, meQuery, speakTheirs } from "./session";
import { Broken, Lost, Shell, Starting } from "./shell/Shell";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ notFoundComponent: Lost });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string; elsewhere?: 1 } => ({
    ...(typeof search.to === "string" ? { to: search.to } : {}),
    ...(search.elsewhere ? { elsewhere: 1 as const } : {}),
  }),
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

const answer = createRoute({
  getParentRoute: () => root,
  path: "/answer",
  component: lazyRouteComponent(() => import("./approvals/AnswerPage"), "AnswerPage"),
});

/** Everything behind sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    const to = location.pathname === "/" ? {} : { to: location.href };
    try {
      const me = await context.client.ensureQueryData(meQuery);
      if (!isClient(me)) throw redirect({ to: "/sign-in", search: { ...to, elsewhere: 1 } });
      await speakTheirs(me);
    } catch (error) {
      if (error instanceof ApiError && [401, 403].includes(error.status)) throw redirect({ to: "/sign-in", search: to });
      throw error;
    }
  },
  component: Shell,
  pendingComponent: Starting,
  errorComponent: Broken,
});

const monthOf = (search: Record<string, unknown>): { month?: string } =>
  /^\d{4}-(0[1-9]|1[0-2])$/.test(String(search.month)) ? { month: String(search.month) } : {};

const overview = createRoute({
  getParentRoute: () => inside,
  path: "/",
  validateSearch: monthOf,
  component: OverviewPage,
});

const conversations = createRoute({
  getParentRoute: () => inside,
  path: "/conversations",
  validateSearch: (search): Filters => ({
    ...monthOf(search),
    ...Object.fromEntries(FILTERS.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
  }),
  component: lazyRouteComponent(() => import("./conversations/ListPage"), "ListPage"),
});

const conversation = createRoute({
  getParentRoute: () => inside,
  path: "/conversations/$conversation",
  component: lazyRouteComponent(() => import("./conversations/CasePage"), "CasePage"),
});

const approvals = createRoute({
  getParentRoute: () => inside,
  path: "/approvals",
  validateSearch: (search): { status?: "done" } => (search.status === "done" ? { status: "done" } : {}),
  component: lazyRouteComponent(() => import("./approvals/ApprovalsPage"), "ApprovalsPage"),
});

const approval = createRoute({
  getParentRoute: () => inside,
  path: "/approvals/$approval",
  component: lazyRouteComponent(() => import("./approvals/ApprovalPage"), "ApprovalPage"),
});

const reports = createRoute({
  getParentRoute: () => inside,
  path: "/reports",
  component: lazyRouteComponent(() => import("./reports/ReportsPage"), "ReportsPage"),
});

const disputes = createRoute({
  getParentRoute: () => inside,
  path: "/disputes",
  validateSearch: (search): { state?: DisputeAsked } => {
    const state = (["open", "overdue", "accepted", "rejected"] as const).find((each) => each === search.state);
    return state ? { state } : {};
  },
  component: lazyRouteComponent(() => import("./disputes/DisputesPage"), "DisputesPage"),
});

const evaluations = createRoute({
  getParentRoute: () => inside,
  path: "/evaluations",
  component: lazyRouteComponent(() => import("./evaluations/EvaluationsPage"), "EvaluationsPage"),
});

const evaluation = createRoute({
  getParentRoute: () => inside,
  path: "/evaluations/$evaluation",
  component: lazyRouteComponent(() => import("./evaluations/EvaluationPage"), "EvaluationPage"),
});

const contract = createRoute({
  getParentRoute: () => inside,
  path: "/contract",
  component: lazyRouteComponent(() => import("./contract/ContractPage"), "ContractPage"),
});

const contractVersion = createRoute({
  getParentRoute: () => inside,
  path: "/contract/$version",
  component: lazyRouteComponent(() => import("./contract/VersionPage"), "VersionPage"),
});

const invoices = createRoute({
  getParentRoute: () => inside,
  path: "/invoices",
  component: lazyRouteComponent(() => import("./invoices/InvoicesPage"), "InvoicesPage"),
});

const security = createRoute({
  getParentRoute: () => inside,
  path: "/security",
  component: lazyRouteComponent(() => import("./account/SecurityPage"), "SecurityPage"),
});

const tree = root.addChildren([
  signIn,
  setPassword,
  forgotten,
  answer,
  inside.addChildren([overview, conversations, conversation, approvals, approval, reports, disputes, evaluations, evaluation, contract, contractVersion, invoices, security]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/portal",
    context: { client },
    defaultPreload: false,
    defaultPendingMs: 150,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
