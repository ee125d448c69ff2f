import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Asked } from "../../shared/components/States";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { useMe, useShop } from "../session";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { DisputeEvaluation } from "./DisputeEvaluation";
import { asScore, inLanguage, nameAnswer, nameDispute } from "./words";

const route = getRouteApi("/inside/evaluations/$evaluation");

/** One evaluation: the score by section, each answer, what it rests on, and what was disputed. */
export function EvaluationPage() {
  const { evaluation } = route.useParams();
  const query = useQuery({ queryKey: ["evaluations", "one", evaluation], queryFn: () => api.evaluation(evaluation) });
  return (
    <Asked query={query} rows={8}>
      {(row) => <Sheet row={row} />}
    </Asked>
  );
}

function Sheet({ row }: { row: api.Evaluation }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const me = useMe();
  const [isDisputing, setIsDisputing] = useState(false);
  const canDispute = me.roles.includes("client") && !row.disputes.some((each) => each.side === "client") && Date.parse(row.dispute_until ?? "") > Date.now();
  return (
    <>
      <PageHead title={row.case_number}>
        <p className={cx("figures text-32 font-semibold", row.fatal && "text-risk")}>{asScore(row.percent, language)}</p>
      </PageHead>
      <p className="text-text-2">
        {row.agent_alias} · {asInstant(row.released_at, language, zone)} · {say(`quality.origins.${row.origin}`)}
      </p>
      <p className="pb-4 text-13 text-text-2">
        {row.scorecard.name} · {say("quality.version", { n: row.scorecard.version })} ·{" "}
        <Link to="/conversations/$conversation" params={{ conversation: row.conversation }} className="underline">
          {say("quality.open_case")}
        </Link>
      </p>
      {canDispute && (
        <p className="flex flex-wrap items-center gap-3 pb-6">
          <Button className="h-11 sm:h-9" onClick={() => setIsDisputing(true)}>
            {say("quality.dispute")}
          </Button>
          <span className="figures text-13 text-text-2">{say("quality.until", { at: asInstant(row.dispute_until!, language, zone) })}</span>
        </p>
      )}
      {row.disputes.map((dispute) => (
        <Disputed key={dispute.id} row={row} dispute={dispute} />
      ))}
      <Answers row={row} />
      {isDisputing && <DisputeEvaluation row={row} onClose={() => setIsDisputing(false)} />}
    </>
  );
}

function Answers({ row }: { row: api.Evaluation }) {
  const language = useLocale();
  const percents = new Map(row.sections.map((section) => [section.code, section.percent]));
  return row.scorecard.definition.sections.map((section) => {
    const percent = percents.get(section.code);
    return (
      <section key={section.code} className="pb-6">
        <h2 className="flex items-baseline justify-between border-b border-line-strong pb-1 font-semibold">
          {inLanguage(section.title, language)}
          <span className="figures">{percent == null ? "–" : asScore(percent, language)}</span>
        </h2>
        {section.questions
          .filter((question) => question.code in row.answers)
          .map((question) => (
            <Given key={question.code} row={row} question={question} />
          ))}
      </section>
    );
  });
}

function Given({ row, question }: { row: api.Evaluation; question: api.Question }) {
  const say = useWords();
  const language = useLocale();
  const answer = row.answers[question.code];
  const comment = row.comments[question.code];
  return (
    <div className="border-b border-line py-2">
      <p className="flex items-baseline gap-3">
        <span className="flex-1">{inLanguage(question.text, language)}</span>
        <span className={cx("figures font-medium", (answer === false || answer === 0) && "text-risk")}>{nameAnswer(question, answer, say, language)}</span>
      </p>
      {comment && <p className="text-13 wrap-anywhere text-text-2">{comment}</p>}
      {row.pins
        .filter((pin) => pin.question === question.code)
        .map((pin, place) => (
          <blockquote key={place} className="mt-1 border-l-2 border-line-strong pl-2 text-13 wrap-anywhere text-text-2">
            “{pin.quote}”
          </blockquote>
        ))}
    </div>
  );
}

function Disputed({ row, dispute }: { row: api.Evaluation; dispute: api.EvaluationDispute }) {
  const say = useWords();
  const language = useLocale();
  const known = new Map(row.scorecard.definition.sections.flatMap((section) => section.questions).map((question) => [question.code, question]));
  const { before, after } = dispute;
  return (
    <section aria-label={say("quality.history")} className="mb-6 rounded border border-line bg-surface-2 p-3">
      <p className="flex flex-wrap gap-x-3">
        <strong className="font-semibold">
          {say(`quality.sides.${dispute.side}`)} · {nameDispute(dispute.state, say)}
        </strong>
        {before && after && <span className="figures">{say("quality.before_after", { before: asScore(before.percent, language), after: asScore(after.percent, language) })}</span>}
      </p>
      <ul>
        {Object.entries(dispute.reasons).map(([code, reason]) => {
          const question = known.get(code);
          const verdict = dispute.verdicts[code];
          return (
            <li key={code} className="pt-2 text-13">
              <p className="font-medium">{question ? inLanguage(question.text, language) : code}</p>
              <p className="max-w-[68ch] wrap-anywhere whitespace-pre-wrap text-text-2">{reason || say("dispute.erased")}</p>
              {verdict && (
                <p className="max-w-[68ch] wrap-anywhere text-text-2">
                  → {verdict.accepted && question ? nameAnswer(question, verdict.answer, say, language) : say("quality.left")}
                  {verdict.reason && `: ${verdict.reason}`}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
