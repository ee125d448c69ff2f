import type { Conversation } from "../../shared/model";

/** Whether an answer to the customer's last words is owed, and its clock can be told that none is needed. */
export function owesNext(conversation: Conversation): boolean {
  return conversation.clocks.some((clock) => clock.metric === "next_response" && (clock.state === "running" || clock.state === "breached"));
}
