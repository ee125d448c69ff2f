/** What happened to a conversation, in words. */

import type { Say } from "../../shared/i18n/use";
import type { Conversation, Message } from "../../shared/model";
import { asInstant, languageName } from "../../shared/time/words";
import type { Key } from "../words/load";

const PLAIN = ["opened", "transferred", "reopened", "waiting_customer", "acknowledged", "shopper_left", "requeued", "no_reply_needed", "message_arrived", "message_send_again", "mail_promised", "waits_on"] as const;

export function eventWords(message: Message, conversation: Conversation, say: Say<Key>, language: string): string {
  const event = message.event as { code?: string; params?: Record<string, unknown> };
  const given = (name: string) => String(event.params?.[name] ?? message.event[name] ?? "");
  const code = String(event.code ?? "").replace(/^.*\./, "");
  const plain = PLAIN.find((each) => each === code);
  if (plain) return say(`talk.events.${plain}`);
  if (code === "accepted" || code === "assigned")
    return say(`talk.events.${code}`, { name: given("name") || message.person_name || message.alias });
  if (code === "closed") {
    const reason = given("contact_reason") || given("reason") || conversation.contact_reason;
    return say("talk.events.closed", { reason: reasonLabel(conversation, reason) });
  }
  if (code === "put_off") return say("talk.events.put_off", { time: asInstant(given("until"), language) });
  if (code === "callback_promised") return say("talk.events.callback_promised", { time: asInstant(given("starts_at"), language) });
  if (code === "language") return say("talk.events.language", { language: languageName(given("language"), language) });
  return message.text || say("talk.events.other", { code });
}

export function reasonLabel(conversation: Conversation, code: string): string {
  return conversation.contact_reasons.find((reason) => reason.code === code)?.label ?? code;
}
