import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { asInstant } from "../../shared/time/words";
import type { Arithmetic, Verdict } from "../api";
import { asDuration, asPercent } from "../figures";
import { useLocale } from "../locale";
import { useMe, useShop } from "../session";
import { useWords } from "../words/load";
import { DisputeDialog } from "./DisputeDialog";
import { History } from "./History";
import { nameOutcome } from "./words";

/** What the clauses of the contract make of one clock, under which version, and what can be said against it. */
export function Verdicts({ data }: { data: Arithmetic }) {
  const say = useWords();
  const [disputed, setDisputed] = useState<Verdict | null>(null);
  const apart = data.target_seconds - data.elapsed_seconds;
  return (
    <section aria-label={say("dispute.verdicts")} className="mt-3 text-13">
      <p className="figures">
        {say(apart >= 0 ? "dispute.to_spare" : "dispute.missed_by", { time: asDuration(Math.abs(apart)) })}{" "}
        <Link to="/contract/$version" params={{ version: data.version_id }} className="opens">
          {say("dispute.under_version", { n: data.version })}
        </Link>
      </p>
      {data.verdicts.length === 0 && <p className="pt-2 text-text-2">{say("dispute.no_clause")}</p>}
      <ul>
        {data.verdicts.map((verdict) => (
          <One key={verdict.code} verdict={verdict} onDispute={() => setDisputed(verdict)} />
        ))}
      </ul>
      {disputed && <DisputeDialog clock={data.clock} verdict={disputed} onClose={() => setDisputed(null)} />}
    </section>
  );
}

function One({ verdict, onDispute }: { verdict: Verdict; onDispute: () => void }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const isManager = useMe().roles.includes("client");
  return (
    <li className="mt-3 border-t border-line pt-3">
      <p>
        <strong className="font-semibold">{verdict.title}</strong>{" "}
        <span className="figures text-text-2">{say("overview.promised", { goal: asPercent(verdict.goal, language) })}</span>
      </p>
      <p className={cx("pt-0.5", verdict.outcome === "breached" && "text-risk", verdict.outcome === "met" && "text-ok")}>
        {say("dispute.counts_as", { outcome: nameOutcome(verdict.outcome, verdict.reason, say) })}
      </p>
      {verdict.dispute ? (
        <History dispute={verdict.dispute} />
      ) : (
        <p className="figures pt-1 text-text-2">
          {verdict.outcome === "running"
            ? say("dispute.not_judged")
            : verdict.until === null
              ? say("dispute.no_end_yet")
              : say(verdict.is_open ? "dispute.until" : "dispute.was_until", { at: asInstant(verdict.until, language, zone) })}
        </p>
      )}
      {verdict.is_open && isManager && (
        <Button className="mt-2 h-11 sm:h-9" onClick={onDispute}>
          {say("dispute.raise")}
        </Button>
      )}
      {verdict.is_open && !isManager && <p className="pt-1 text-text-2">{say("dispute.not_yours")}</p>}
    </li>
  );
}
