import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { DISPUTE_STATES, type DisputeSearch } from "../operator/disputes";
import { inside, may, tenantOf } from "./frame";

const AUDIT = ["person", "client", "action", "from", "to"] as const;

const billing = createRoute({
  getParentRoute: () => inside,
  path: "/billing",
  beforeLoad: may("operator"),
  validateSearch: (search): { month?: string; invoice?: string } => ({
    ...(/^\d{4}-\d\d$/.test(String(search.month)) ? { month: String(search.month) } : {}),
    ...(typeof search.invoice === "string" ? { invoice: search.invoice } : {}),
  }),
  component: lazyRouteComponent(() => import("../operator/BillingPage"), "BillingPage"),
});

const shops = createRoute({
  getParentRoute: () => inside,
  path: "/shops",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../shops/ShopsPage"), "ShopsPage"),
});

const shop = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../shops/ShopPage"), "ShopPage"),
});

const contract = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/contract",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../shops/ContractPage"), "ContractPage"),
});

const clientReports = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/reports",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../shops/ReportsPage"), "ReportsPage"),
});

const contractVersion = createRoute({
  getParentRoute: () => inside,
  path: "/shops/$tenant/contract/$version",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../shops/ContractVersionPage"), "ContractVersionPage"),
});

const newShop = createRoute({
  getParentRoute: () => inside,
  path: "/shops/new",
  beforeLoad: may("operator"),
  component: lazyRouteComponent(() => import("../operator/NewShopPage"), "NewShopPage"),
});

const heldUp = createRoute({
  getParentRoute: () => inside,
  path: "/held-up",
  beforeLoad: may("operator"),
  validateSearch: tenantOf,
  component: lazyRouteComponent(() => import("../operator/HeldUpPage"), "HeldUpPage"),
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
  component: lazyRouteComponent(() => import("../operator/DisputesPage"), "DisputesPage"),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  beforeLoad: may("operator"),
  validateSearch: (search): Partial<Record<(typeof AUDIT)[number], string>> & { page?: number } => ({
    ...Object.fromEntries(AUDIT.flatMap((key) => (search[key] ? [[key, String(search[key])]] : []))),
    ...(Number(search.page) > 1 ? { page: Number(search.page) } : {}),
  }),
  component: lazyRouteComponent(() => import("../operator/AuditPage"), "AuditPage"),
});

export const clientsRoutes = [billing, shops, shop, contract, clientReports, contractVersion, newShop, heldUp, disputes, audit] as const;
