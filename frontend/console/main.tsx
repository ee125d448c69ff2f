import "@fontsource-variable/inter/wght.css";
import "../shared/tokens/base.css";
import "./console.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import i18next from "i18next";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiError } from "../shared/api/http";
import { Toasts } from "../shared/components/Toast";
import { startI18n } from "../shared/i18n/start";
import { startTheme } from "../shared/theme/theme";
import { useDesk } from "./desk/store";
import { sync } from "./desk/sync";
import { makeRouter } from "./router";
import { loadWords } from "./words/load";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.offline || error.status >= 500),
    },
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(client);

/** What the server words is asked for again in the new language. */
function readAgain(): void {
  const { desk } = useDesk.getState();
  useDesk.setState({ seq: 0 });
  if (desk) void sync();
  void client.invalidateQueries();
}

startTheme();
void startI18n(loadWords).then(() => {
  i18next.on("languageChanged", readAgain);
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
});
