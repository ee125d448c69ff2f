/** How a question stands, in words. */

import type { Say } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import type { Approval } from "../api";
import type { Key } from "../words/load";

const ENDS = ["agent", "closed", "handed_on"] as const;

export function standing(approval: Approval, say: Say<Key>, locale: string, zone: string): string {
  if (approval.state === "open") {
    if (!approval.due_at) return "";
    return say(approval.is_late ? "approvals.overdue" : "approvals.by", { time: asInstant(approval.due_at, locale, zone) });
  }
  if (approval.state === "withdrawn") {
    const why = ENDS.find((each) => each === approval.withdrawn_as) ?? "agent";
    return say(`approvals.withdrawn.${why}`);
  }
  const said = say(`approvals.answered.${approval.answer || "replied"}`, { name: approval.answered_by });
  const parts = [said, approval.option, approval.answered_via === "mail" && say("approvals.via_mail"), approval.is_late && say("approvals.late")];
  return parts.filter(Boolean).join(" · ");
}
