import { useQuery } from "@tanstack/react-query";

import type { FloorAgent } from "../../shared/model";
import * as api from "./api";

/** The agents whom this supervisor sees, by name. */
export function useFloorAgents(): FloorAgent[] {
  return useQuery({ queryKey: ["floor"], queryFn: api.floor, staleTime: 30_000 }).data?.agents ?? [];
}
