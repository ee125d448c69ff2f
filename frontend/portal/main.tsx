import "@fontsource-variable/inter/wght.css";
import "../shared/tokens/base.css";
import "./portal.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiError } from "../shared/api/http";
import { Toasts } from "../shared/components/Toast";
import { startI18n } from "../shared/i18n/start";
import { startTheme } from "../shared/theme/theme";
import { makeRouter } from "./router";
import { loadWords } from "./words/load";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      staleTime: 15_000,
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.offline || error.status >= 500),
    },
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(client);
window.addEventListener("online", () => void client.invalidateQueries());

startTheme();
void startI18n(loadWords).then(() => {
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
});
