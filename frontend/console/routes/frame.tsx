import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, redirect, type NotFoundRouteProps } from "@tanstack/react-router";

import { ApiError } from "../../shared/api/http";
import type { Role } from "../../shared/model";
import { has, meQuery, mustSetUp, suit } from "../session";
import { Broken, Lost, Shell, Starting } from "../shell/Shell";

interface Context {
  client: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({ notFoundComponent: (_: NotFoundRouteProps) => <Lost /> });

/** Everything behind sign-in. */
export const inside = createRoute({
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

export const may = (...roles: Role[]) =>
  async ({ context }: { context: Context }) => {
    if (!has(await context.client.ensureQueryData(meQuery), ...roles)) throw redirect({ to: "/profile" });
  };

/** A client that the address names. */
export const tenantOf = (search: Record<string, unknown>): { tenant?: string } => (typeof search.tenant === "string" ? { tenant: search.tenant } : {});
