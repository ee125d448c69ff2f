import type { DisputeAsked } from "../../shared/model";
import { disputes } from "./api";

export const DISPUTE_STATES = ["open", "overdue", "accepted", "rejected"] as const satisfies readonly DisputeAsked[];

export interface DisputeSearch {
  state?: DisputeAsked;
  /** Of this client alone. */
  client?: string;
  /** The one that is read, and whose it is. */
  tenant?: string;
  dispute?: string;
}

/** Those that wait, for the page and for the mark on the rail. */
export const openDisputesQuery = { queryKey: ["disputes", "open", ""], queryFn: () => disputes("open", undefined, 1), refetchInterval: 30_000, staleTime: 10_000 };
