/** Notes that name this person. */

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { mentions, sawMentions } from "../api";

export const mentionsQuery = queryOptions({ queryKey: ["mentions"], queryFn: mentions, staleTime: 60_000 });

/** Who opens the conversation has seen where it names them. */
export function useMentionsSeen(tenant: string, conversation: string): void {
  const client = useQueryClient();
  const known = useQuery(mentionsQuery).data?.mentions;
  const isNew = known?.some((each) => each.is_unread && each.conversation === conversation) ?? false;
  useEffect(() => {
    if (!isNew || document.hidden) return;
    sawMentions(tenant, conversation)
      .then(() => client.invalidateQueries({ queryKey: mentionsQuery.queryKey }))
      .catch(() => undefined);
  }, [client, tenant, conversation, isNew]);
}
