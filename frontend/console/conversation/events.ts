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
  if (code === "merged_into" || code === "merged_from") return say(`related.events.${code}`, { number: given("case_number") });
  if (code === "linked") return say("related.event", { number: given("case_number") });
  if (code === "put_off") return say("talk.events.put_off", { time: asInstant(given("until"), language) });
  if (code === "callback_promised") return say("talk.events.callback_promised", { time: asInstant(given("starts_at"), language) });
  if (code === "client_asked") return say("talk.events.client_asked", { name: message.person_name ?? message.alias, asked: given("asked") });
  if (code === "client_answered") return clientWords(given, say);
  const why = ENDS.find((each) => code === "client_ask_withdrawn" && each === given("why"));
  if (why) return say(`talk.events.ask_${why}`);
  if (code === "macro_run") return say("playbook.event", { name: given("macro") });
  if (code === "language") return say("talk.events.language", { language: languageName(given("language"), language) });
  return message.text || say("talk.events.other", { code });
}

const SAID = ["approved", "denied", "replied", "more_info"] as const;
const ENDS = ["agent", "closed", "handed_on"] as const;

/** What the client answered: yes, no, an option, a line of its own. */
function clientWords(given: (name: string) => string, say: Say<Key>): string {
  const said = SAID.find((each) => each === given("answer")) ?? "replied";
  const comment = given("comment") && say("talk.events.client_comment", { comment: given("comment") });
  return [say(`talk.events.client_${said}`, { name: given("name") }), given("option"), comment].filter(Boolean).join(" · ");
}

export function reasonLabel(conversation: Conversation, code: string): string {
  return conversation.contact_reasons.find((reason) => reason.code === code)?.label ?? code;
}
