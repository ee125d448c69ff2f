/** The portal's ears: the socket says "look", the API says what. While it is silent, the screens ask by themselves. */

import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { openLive } from "../shared/live/socket";

type PortalEvent =
  | { type: "hello" }
  | { type: "figures.changed" }
  | { type: "dispute.changed"; tenant: string; dispute: string }
  | { type: "approval.changed"; tenant: string; approval: string }
  | { type: "live.away" }
  | { type: "resync" };

/** The month's figures are reckoned from its whole ledger: so often at most, however much moves. */
export const FIGURES_MS = 20_000;

let heard = false;
const listeners = new Set<() => void>();

function note(hears: boolean): void {
  if (heard === hears) return;
  heard = hears;
  listeners.forEach((tell) => tell());
}

/** Whether news comes by itself now. */
export function useHears(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => heard,
  );
}

export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const line = openLive<PortalEvent>("/ws/portal/", {
      hear: (event) => dispatch(client, event),
      state: (link) => {
        note(link === "up");
        // Signed out or no longer let in: what is on the screen asks again, and says so.
        if (link === "refused") void client.invalidateQueries();
      },
    });
    return () => {
      line.close();
      note(false);
    };
  }, [client]);
}

function dispatch(client: QueryClient, event: PortalEvent): void {
  switch (event.type) {
    case "figures.changed":
      void client.invalidateQueries({ queryKey: ["live"] });
      return;
    case "dispute.changed":
      for (const key of ["disputes", "recompute", "overview"]) void client.invalidateQueries({ queryKey: [key] });
      return;
    case "approval.changed":
      void client.invalidateQueries({ queryKey: ["approvals"] });
      return;
    case "live.away":
      note(false);
      return;
    case "hello":
    case "resync":
      note(true);
      for (const key of ["live", "approvals", "disputes", "recompute"]) void client.invalidateQueries({ queryKey: [key] });
  }
}
