/** What was written in a conversation and has not left: one's drafts, and replies held back. */

import { useQuery, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import * as api from "../api";
import { take } from "./drafts";

export const unsentKey = (tenant: string, conversation: string) => ["unsent", tenant, conversation] as const;

export function useUnsent(tenant: string, conversation: string) {
  const query = useQuery({ queryKey: unsentKey(tenant, conversation), queryFn: () => api.unsent(tenant, conversation), staleTime: 10_000 });
  const drafts = query.data?.drafts;
  useEffect(() => {
    if (drafts) take(tenant, conversation, drafts);
  }, [tenant, conversation, drafts]);
  return query.data?.held ?? [];
}

export const lookAgain = (client: QueryClient, tenant: string, conversation: string) =>
  client.invalidateQueries({ queryKey: unsentKey(tenant, conversation) });
