import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { clientsRoutes } from "./routes/clients";
import { deskRoutes } from "./routes/desk";
import { floorRoutes } from "./routes/floor";
import { inside, root } from "./routes/frame";
import { peopleRoutes } from "./routes/people";
import { qualityRoutes } from "./routes/quality";

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

const profile = createRoute({
  getParentRoute: () => inside,
  path: "/profile",
  component: lazyRouteComponent(() => import("./account/ProfilePage"), "ProfilePage"),
});

const tree = root.addChildren([
  signIn,
  setPassword,
  forgotten,
  inside.addChildren([...deskRoutes, ...floorRoutes, ...qualityRoutes, ...clientsRoutes, ...peopleRoutes, profile]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: false, defaultPendingMs: 150 });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
