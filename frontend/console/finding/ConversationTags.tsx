import { useQueryClient } from "@tanstack/react-query";

import type { Conversation, Thread } from "../../shared/model";
import { threadKey } from "../conversation/thread";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { Tags } from "./Tags";

/** Put on at once; what the server refuses comes off again, with its reason. */
export function ConversationTags({ tenant, conversation, mayChange }: { tenant: string; conversation: Conversation; mayChange: boolean }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const key = threadKey(tenant, conversation.id);
  const show = (tags: api.Tag[]) =>
    client.setQueryData<Thread>(key, (thread) => thread && { ...thread, conversation: { ...thread.conversation, tags } });
  const change = async (names: string[]) => {
    const before = conversation.tags;
    show(names.map((name) => before.find((tag) => tag.name === name) ?? { id: name, name }));
    const kept = await attempt(() => api.tagConversation(tenant, conversation.id, names));
    show(kept ?? before);
    if (kept) await client.invalidateQueries({ queryKey: ["tags", tenant] });
  };
  return <Tags tenant={tenant} tags={conversation.tags} label={say("finding.tags")} onChange={mayChange ? (names) => void change(names) : undefined} />;
}
