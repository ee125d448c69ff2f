/** What a dispute asks for and how an item was judged, in words. */

import type { Say } from "../../shared/i18n/use";
import type { Claim, DisputeHead, Verdict } from "../api";
import type { Key } from "../words/load";

const REASONS = ["spam", "disputed", "target_changed", "closed_without_reply", "short_abandon", "above_forecast", "abandoned", "merged"] as const;

export function nameOutcome(outcome: Verdict["outcome"], reason: string, say: Say<Key>): string {
  const words = say(`outcome.${outcome}`);
  if (!reason) return words;
  const known = REASONS.find((each) => each === reason);
  return `${words} (${known ? say(`left_out.${known}`) : reason.replaceAll("_", " ")})`;
}

export const nameClaim = (claim: Claim, say: Say<Key>) => say(`dispute.claims.${claim}`);

export const nameState = (row: DisputeHead, say: Say<Key>) =>
  row.state === "open" && row.is_overdue ? say("dispute.states.overdue") : say(`dispute.states.${row.state}`);
