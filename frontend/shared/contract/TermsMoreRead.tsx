import type { ReactNode } from "react";

import { useLanguage, useShared } from "../i18n/use";
import { languageName } from "../time/words";
import { Part, type Terms } from "./Terms";
import { promise } from "./words";

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-text-2">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

/** What is agreed beside the promises: the report, the client's own answers, the quality; in words. */
export function TermsMoreRead({ terms, currency }: { terms: Terms; currency: string }) {
  const say = useShared();
  const language = useLanguage();
  const { report, client_answer: answer, quality } = terms;
  if (!report && !answer && !quality) return null;
  const number = (value: unknown) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(Number(value));
  const money = (amount: unknown) => new Intl.NumberFormat(language, { style: "currency", currency }).format(Number(amount));
  const penalty = quality?.penalty;
  return (
    <Part title={say("contract.more")}>
      <dl className="grid gap-x-6 gap-y-3 text-13 sm:grid-cols-[11rem_minmax(0,1fr)]">
        {report && (
          <Row name={say("contract.parts.report")}>
            {say(report.day === undefined ? "contract.reportBusinessDay" : "contract.reportDay", { n: report.day ?? report.business_day ?? "", time: report.time ?? "09:00" })}
            {report.time_zone && ` (${report.time_zone})`}
            {report.language && ` · ${languageName(report.language, language)}`}
            <span className="block text-12 break-words text-text-2">{report.recipients?.length ? <bdi>{report.recipients.join(", ")}</bdi> : say("contract.toNobody")}</span>
          </Row>
        )}
        {answer && (
          <Row name={say("contract.parts.client_answer")}>
            {say("contract.clientAnswer", { time: promise(answer.seconds) })} <span className="text-text-3">{answer.calendar}</span>
          </Row>
        )}
        {quality && (
          <Row name={say("contract.parts.quality")}>
            {say("contract.qualityGoal", { goal: number(quality.goal) })}
            {Boolean(quality.minimum) && ` ${say("contract.qualityMinimum", { n: number(quality.minimum) })}`}
            {penalty?.eur_per_point !== undefined && <span className="block text-12 text-text-2">{say("contract.perPoint", { amount: money(penalty.eur_per_point), cap: number(penalty.cap_points ?? 100) })}</span>}
          </Row>
        )}
      </dl>
    </Part>
  );
}
