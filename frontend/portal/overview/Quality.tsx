import { useQuery } from "@tanstack/react-query";

import { Asked } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import * as api from "../api";
import { nameChannel } from "../channels";
import { asCount, asMoney, asNumber, asScore } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

/** What the evaluations that were released in the month come to, and whether the contract's quality was reached. */
export function Quality({ month }: { month: string }) {
  const say = useWords();
  const lang = useLanguage();
  const query = useQuery({ queryKey: ["quality", month], queryFn: () => api.quality(month) });
  return (
    <section aria-labelledby="quality">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line pb-3">
        <h2 id="quality" className="text-18 font-semibold">
          {say("month_quality.title")}
        </h2>
        <p className="flex gap-x-3 text-13">
          {(["csv", "json"] as const).map((form) => (
            <a key={form} href={api.exportOf("quality", form, { month, lang })} download aria-label={`${say("month_quality.title")} ${form.toUpperCase()}`} className="opens tap inline-flex items-center">
              {form.toUpperCase()}
            </a>
          ))}
        </p>
      </div>
      <Asked query={query} rows={2}>
        {(found) => <Results found={found} />}
      </Asked>
    </section>
  );
}

function Results({ found }: { found: api.Quality }) {
  const say = useWords();
  const locale = useLocale();
  const rows = found.channels.map((row) => ({ key: row.channel, label: nameChannel(row.channel, say), ...row }));
  if (rows.length > 1) rows.push({ ...found, key: "all", channel: "", label: say("month_quality.all") });
  return (
    <>
      {found.clauses.map((clause) => (
        <p key={clause.version} className="pt-4 text-15 text-pretty">
          {say(clause.average === null ? "month_quality.clause_none" : clause.judged ? (clause.kept ? "month_quality.kept" : "month_quality.missed") : "month_quality.not_judged", {
            average: clause.average === null ? "" : asScore(clause.average, locale),
            goal: asScore(clause.goal, locale),
            n: asCount(clause.evaluations, locale),
            minimum: asCount(clause.minimum, locale),
          })}{" "}
          {(asNumber(clause.penalty) ?? 0) > 0 && <strong className="font-semibold text-risk">{say("month_quality.penalty", { amount: asMoney(clause.penalty, found.currency, locale) })}</strong>}
        </p>
      ))}
      {rows.length === 0 ? (
        <p className="py-6 text-text-2">{say("month_quality.none")}</p>
      ) : (
        <ul className="figures">
          {rows.map((row) => (
            <li key={row.key} className="flex flex-wrap items-baseline justify-between gap-x-6 border-b border-line py-2.5 text-13">
              <span className="min-w-32">{row.label}</span>
              <span>
                <strong className="text-15 font-semibold">{row.average === null ? "–" : asScore(row.average, locale)}</strong>{" "}
                <span className="text-text-2">
                  {say("month_quality.of", { count: row.evaluations, n: asCount(row.evaluations, locale) })}
                  {row.low !== null && row.high !== null && ` · ${say("month_quality.within", { low: asScore(row.low, locale), high: asScore(row.high, locale) })}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
