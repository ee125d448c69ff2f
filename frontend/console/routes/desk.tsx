import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { DeskPage } from "../desk/DeskPage";
import { has, meQuery } from "../session";
import { inside, may, tenantOf } from "./frame";

const loadConversation = () => import("../conversation/ConversationPage");

/** The first conversation opens at once: its code is fetched while the desk is looked at. */
const warmConversation = () => setTimeout(() => void loadConversation(), 300);

const PLAYBOOK = ["reply", "macro", "procedure", "bulletin", "rules"] as const;

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
  component: lazyRouteComponent(() => import("../desk/MentionsPage"), "MentionsPage"),
});

const search = createRoute({
  getParentRoute: () => inside,
  path: "/search",
  beforeLoad: may("agent", "supervisor", "operator"),
  validateSearch: (search): { q?: string } => (search.q ? { q: String(search.q).slice(0, 200) } : {}),
  component: lazyRouteComponent(() => import("../finding/SearchPage"), "SearchPage"),
});

const topics = createRoute({
  getParentRoute: () => inside,
  path: "/topics",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("../finding/TopicsPage"), "TopicsPage"),
});

const customers = createRoute({
  getParentRoute: () => inside,
  path: "/customers",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tenant?: string; customer?: string } => ({
    ...(typeof search.tenant === "string" ? { tenant: search.tenant } : {}),
    ...(typeof search.customer === "string" ? { customer: search.customer } : {}),
  }),
  component: lazyRouteComponent(() => import("../customers/CustomersPage"), "CustomersPage"),
});

const playbook = createRoute({
  getParentRoute: () => inside,
  path: "/playbook",
  beforeLoad: may("supervisor", "operator"),
  validateSearch: (search): { tenant?: string; kind?: (typeof PLAYBOOK)[number]; item?: string; archived?: 1 } => {
    const kind = PLAYBOOK.find((each) => each === search.kind);
    const text = (name: "tenant" | "item") => (typeof search[name] === "string" ? { [name]: search[name] } : {});
    return { ...text("tenant"), ...(kind ? { kind } : {}), ...text("item"), ...(search.archived ? { archived: 1 as const } : {}) };
  },
  component: lazyRouteComponent(() => import("../playbook/PlaybookPage"), "PlaybookPage"),
});

const brandStops = createRoute({
  getParentRoute: () => inside,
  path: "/playbook/stops",
  beforeLoad: may("supervisor", "operator"),
  component: lazyRouteComponent(() => import("../playbook/StopsPage"), "StopsPage"),
});

export const deskRoutes = [desk.addChildren([home, conversation]), mentions, search, topics, customers, playbook, brandStops] as const;
