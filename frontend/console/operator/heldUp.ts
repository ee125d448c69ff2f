import { heldUp } from "./api";

/** Counts of what is held up at all clients, for the page and for the mark on the rail. */
export const heldUpQuery = { queryKey: ["heldUp"], queryFn: heldUp, refetchInterval: 30_000, staleTime: 10_000 };
