import { Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import type { Clause, Outcome, Overview } from "../api";
import { asCount, asDecimal, asMoney, asNumber, asPercent } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { Sparkline } from "./Sparkline";

interface Props {
  clause: Clause;
  month: string;
  currency: string;
  trend: Overview["trend"];
  versions: number;
}

/** One promise: a sentence, the bar against its mark, what lies behind it, six months, the money. */
export function ClauseCard({ clause, month, currency, trend, versions }: Props) {
  const say = useWords();
  const language = useLocale();
  return (
    <article className="grid gap-x-10 gap-y-4 border-t border-line py-6 md:grid-cols-[minmax(0,1fr)_220px]">
      <div className="min-w-0">
        <p className="text-18 text-pretty">{clause.sentence}</p>
        <Bar clause={clause} />
        <ul className="figures flex flex-wrap gap-x-5 text-13">
          {(["met", "breached", "running", "excluded"] as const).map((outcome) => (
            <Count key={outcome} {...{ clause, month, outcome }} />
          ))}
          {versions > 1 && <li className="flex min-h-9 items-center text-text-3">{say("overview.version", { n: clause.version })}</li>}
          {!clause.judged && clause.minimum > 0 && (
            <li className="flex min-h-9 items-center text-text-2">
              {say("overview.under_minimum", { n: asCount(clause.minimum, language) })}
            </li>
          )}
        </ul>
      </div>
      <div className="flex flex-row-reverse items-start justify-between gap-6 md:flex-col md:items-stretch md:gap-4">
        <Sparkline code={clause.code} trend={trend} goal={clause.goal} />
        <Money {...{ clause, currency, month }} />
      </div>
    </article>
  );
}

function Bar({ clause }: { clause: Clause }) {
  const say = useWords();
  const language = useLocale();
  const share = asNumber(clause.share);
  const goal = asNumber(clause.goal) ?? 0;
  const missed = share !== null && share < goal;
  const goalText = asPercent(clause.goal, language);
  const label =
    share === null
      ? say("overview.bar_none", { goal: goalText })
      : say("overview.bar", { share: asPercent(share, language, goal), goal: goalText });
  return (
    <div className="pt-4">
      <div role="img" aria-label={label} className="relative h-3 rounded-sm bg-surface-4">
        <div
          className={cx("h-full rounded-sm", missed ? "bg-risk" : "bg-ok")}
          style={{ width: `${(share ?? 0) * 100}%` }}
        />
        <div className="absolute -inset-y-1 w-0.5 bg-text-1" style={{ left: `calc(${goal * 100}% - 1px)` }} />
      </div>
      <div aria-hidden className="figures relative h-6 pt-1 text-12">
        {share !== null && <strong className={cx("font-semibold", missed ? "text-risk" : "text-ok")}>{asPercent(share, language, goal)}</strong>}
        <span
          className="absolute top-1 whitespace-nowrap text-text-2"
          style={goal > 0.6 ? { right: `${Math.max(0, (1 - goal) * 100)}%`, paddingRight: 6 } : { left: `${goal * 100}%`, paddingLeft: 6 }}
        >
          {say("overview.promised", { goal: goalText })}
        </span>
      </div>
    </div>
  );
}

function Count({ clause, month, outcome }: { clause: Clause; month: string; outcome: Outcome }) {
  const say = useWords();
  const language = useLocale();
  const n = outcome === "excluded" ? sum(clause.excluded) : clause[outcome];
  if (n === 0 && outcome !== "met" && outcome !== "breached") return null;
  const words = say(`overview.${outcome}`, { n: asCount(n, language) });
  return (
    <li className={outcome === "breached" && n > 0 ? "text-risk" : "text-text-2"}>
      {n > 0 ? (
        <Link to="/conversations" search={{ month, clause: clause.code, outcome }} className="opens flex min-h-9 items-center">
          {words}
        </Link>
      ) : (
        <span className="flex min-h-9 items-center">{words}</span>
      )}
    </li>
  );
}

function Money({ clause, currency, month }: { clause: Clause; currency: string; month: string }) {
  const say = useWords();
  const language = useLocale();
  const penalty = asNumber(clause.penalty) ?? 0;
  const perPoint = asNumber(clause.per_point) ?? 0;
  const bonus = asNumber(clause.bonus) ?? 0;
  const rule = () => {
    if (clause.tiers.length > 0) {
      return clause.tiers
        .map((tier) =>
          say("overview.tier_rule", {
            points: asDecimal(tier.points, language),
            amount: asMoney(asNumber(tier.amount) ?? 0, currency, language),
          }),
        )
        .join("; ");
    }
    if (perPoint === 0) return say("overview.no_penalty_clause");
    return say("overview.points_rule", { amount: asMoney(perPoint, currency, language), cap: asDecimal(clause.cap_points, language) });
  };
  return (
    <div className="figures text-13">
      <p className={cx("text-15 font-semibold", penalty > 0 && "text-risk")}>
        {penalty > 0 ? (
          <Link to="/conversations" search={{ month, clause: clause.code, outcome: "breached" }} className="opens">
            {`${asMoney(penalty, currency, language)} ${say("overview.at_stake")}`}
          </Link>
        ) : (
          say("overview.no_money")
        )}
      </p>
      {penalty > 0 && <p className="text-text-2">{say("overview.points", { points: asDecimal(clause.points_off, language) })}</p>}
      {bonus > 0 && (
        <p className="text-text-2">
          <Link to="/conversations" search={{ month, clause: clause.code, outcome: "met" }} className="opens">
            {say("overview.bonus", { amount: asMoney(bonus, currency, language), points: asDecimal(clause.points_over, language) })}
          </Link>
        </p>
      )}
      <p className="text-text-2">{rule()}</p>
    </div>
  );
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
