/** The BPO's own reasons for breaks, training and the like. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import type { components } from "../../shared/api";
import { get } from "../api";

export type Reason = components["schemas"]["Reason"];
export type ReasonStatus = Reason["status"];

/** Read anew whenever a menu opens on what is older than a minute. */
export const reasonsQuery = queryOptions({ queryKey: ["state-reasons"], queryFn: () => get("/api/desk/state-reasons"), staleTime: 60_000 });

/** Those offered now, in the BPO's order. */
export function useReasons(): Reason[] {
  const { data } = useQuery(reasonsQuery);
  return (data ?? []).filter((each) => !each.is_retired);
}

export interface Choice {
  status: ReasonStatus;
  /** Empty: the state alone. */
  reasons: Reason[];
}

/** What can be chosen beside available and offline: busy is offered by itself, too; the others where they have no reason. */
export function choicesOf(reasons: readonly Reason[]): Choice[] {
  return (["busy", "break", "training"] as const).map((status) => ({ status, reasons: reasons.filter((each) => each.status === status) }));
}
