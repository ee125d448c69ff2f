import { cx } from "../../shared/components/cx";
import { asInstant } from "../../shared/time/words";
import type { Dispute } from "../api";
import { useLocale } from "../locale";
import { useShop } from "../session";
import { useWords } from "../words/load";
import { nameClaim, nameOutcome, nameState } from "./words";

/** What was asked, what was answered, and what that does to the figures. */
export function History({ dispute }: { dispute: Dispute }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const at = (iso: string) => asInstant(iso, language, zone);
  return (
    <div className="mt-2 rounded border border-line bg-surface-2 p-3">
      <p>
        <strong className={cx("font-semibold", dispute.state === "accepted" && "text-ok", dispute.is_overdue && "text-warn")}>{nameState(dispute, say)}</strong>
        {" · "}
        {nameOutcome(dispute.outcome, dispute.outcome_reason, say)} → {nameClaim(dispute.claim, say)}
      </p>
      <ol>
        {dispute.words.map((word) => (
          <li key={word.side} className="pt-2">
            <p className="figures text-12 text-text-2">
              {word.side === "client" ? dispute.raised_by : say("dispute.centre")} · {at(word.at)}
            </p>
            <p className="max-w-[68ch] wrap-anywhere whitespace-pre-wrap">{word.text || say("dispute.erased")}</p>
          </li>
        ))}
      </ol>
      {dispute.state === "open" && <p className="figures pt-2 text-12 text-text-2">{say("dispute.answer_by", { at: at(dispute.answer_by) })}</p>}
      {dispute.effect && <p className="pt-2">{say(`dispute.effects.${dispute.effect}`)}</p>}
    </div>
  );
}
