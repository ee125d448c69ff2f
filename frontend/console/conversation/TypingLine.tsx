import { useQuery } from "@tanstack/react-query";

import type { Conversation } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { peek } from "../api";
import { useDesk } from "../desk/store";
import { useWords } from "../words/load";

/** That the shopper types, and what, where their shop allows agents to see it; or that a colleague answers. */
export function TypingLine({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const typing = useDesk((state) => state.typing[conversation.id]);
  useNow();
  const isOn = Boolean(typing) && typing!.until >= Date.now();
  const { data } = useQuery({
    queryKey: ["peek", conversation.id, typing?.until ?? 0],
    queryFn: () => peek(tenant, conversation.id),
    enabled: isOn && typing!.who === "shopper" && conversation.shop.sneak_peek,
    gcTime: 0,
    placeholderData: (before) => before,
    retry: false,
  });
  // What this agent types comes back, too.
  if (!isOn || typing!.who === conversation.shop.alias) return null;
  const isShopper = typing!.who === "shopper";
  const who = isShopper ? conversation.customer.name || say("talk.customer") : typing!.who;
  const text = isShopper && conversation.shop.sneak_peek ? (data?.text ?? "") : "";
  return (
    <div className="mx-auto max-w-3xl px-4 pb-2 text-12 text-text-3">
      <p role="status">{text ? say("writing.peek", { who }) : say("talk.typing", { who })}</p>
      {text && <p className="mt-0.5 max-w-[68ch] border-l-2 border-line-strong pl-2 text-13 break-words whitespace-pre-wrap text-text-2 italic">{text}</p>}
    </div>
  );
}
