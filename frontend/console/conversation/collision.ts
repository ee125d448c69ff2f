/** What others wrote while an answer was being written. Pure. */

import type { Conversation, Message } from "../../shared/model";

const SAID = ["in", "out", "note"];

export const leavesByMail = (conversation: Conversation) =>
  conversation.channel === "email" || conversation.channel === "form" || conversation.promise?.kind === "mail";

/**
 * Up to which message the writer counts as having seen the thread. A mail is written over minutes: whatever came since
 * it was begun is news. In a chat the shopper's lines stand beside the box as they come; a colleague's words do not
 * belong there, and are news in either.
 */
export function seenUpTo(messages: Message[], began: number, me: string, byMail: boolean): number {
  const last = messages.at(-1)?.seq ?? 0;
  if (!began) return last;
  if (byMail) return began;
  const other = messages.find((message) => message.seq > began && message.direction !== "in" && isNews(message, me));
  return other ? other.seq - 1 : last;
}

/** What of others was said above ``seen``. */
export function newsSince(messages: Message[], seen: number, me: string): Message[] {
  return messages.filter((message) => message.seq > seen && isNews(message, me));
}

function isNews(message: Message, me: string): boolean {
  return SAID.includes(message.direction) && message.author !== "system" && (message.direction === "in" || message.person_name !== me);
}
