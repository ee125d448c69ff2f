import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { useLanguage } from "../../shared/i18n/use";
import type { Definition, Evaluation, EvaluationDispute, Question } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import { answerWord } from "./answers";
import * as api from "./api";
import { DecideForm } from "./DecideForm";
import { inLanguage, questionsOf } from "./scoring";

interface Props {
  disputes: EvaluationDispute[];
  definition: Definition;
  tenant: string;
  evaluation: Evaluation;
}

/** What was disputed, what was decided, and the score before and after. */
export function DisputeHistory({ disputes, definition, evaluation }: Props) {
  const say = useWords();
  const me = useMe();
  const [deciding, setDeciding] = useState<EvaluationDispute>();
  if (!disputes.length) return null;
  const isLead = has(me, "supervisor") && evaluation.agent.id !== me.id;
  const mayDecide = isLead && evaluation.evaluator.id !== me.id;
  const known = new Map(questionsOf(definition).map((question) => [question.code, question]));
  return (
    <section aria-label={say("quality.history")} className="mb-6">
      <h3 className="border-b border-line-strong pb-1 text-13 font-semibold">{say("quality.history")}</h3>
      {disputes.map((dispute) => (
        <div key={dispute.id} className="border-b border-line py-2 text-13">
          <Heading dispute={dispute} />
          <ul className="mt-1 flex flex-col gap-2">
            {[...new Set([...Object.keys(dispute.reasons), ...Object.keys(dispute.verdicts)])].map((code) => (
              <Verdict key={code} dispute={dispute} question={known.get(code)} code={code} />
            ))}
          </ul>
          {dispute.state === "open" && isLead && (
            <div className="mt-2">
              {mayDecide ? (
                <Button kind="primary" small onClick={() => setDeciding(dispute)}>
                  {say("quality.decide")}
                </Button>
              ) : (
                <p className="text-12 text-text-2">{say("quality.notYours")}</p>
              )}
            </div>
          )}
        </div>
      ))}
      {deciding && <DecideForm evaluation={evaluation} dispute={deciding} onClose={() => setDeciding(undefined)} />}
    </section>
  );
}

function Heading({ dispute }: { dispute: EvaluationDispute }) {
  const say = useWords();
  const language = useLanguage();
  const { before, after } = dispute;
  return (
    <div className="flex flex-wrap items-baseline gap-x-3">
      <strong className={cx("font-semibold", dispute.state === "open" ? "text-warn" : dispute.state === "accepted" ? "text-ok" : "text-text-2")}>
        {say(`quality.sides.${dispute.side}`)} · {say(`quality.disputeStates.${dispute.state}`)}
      </strong>
      <span className="text-12 text-text-2">{say("quality.raisedBy", { name: dispute.raised_by, at: asInstant(dispute.raised_at, language) })}</span>
      {dispute.decided_at && <span className="text-12 text-text-2">{say("quality.decidedBy", { name: dispute.decided_by, at: asInstant(dispute.decided_at, language) })}</span>}
      {before && after && (
        <span className="num ml-auto font-medium">{say("quality.beforeAfter", { before: api.asScore(before.percent, language), after: api.asScore(after.percent, language) })}</span>
      )}
    </div>
  );
}

function Verdict({ dispute, question, code }: { dispute: EvaluationDispute; question: Question | undefined; code: string }) {
  const say = useWords();
  const language = useLanguage();
  const verdict = dispute.verdicts[code];
  const reason = dispute.reasons[code];
  return (
    <li>
      <p className="font-medium">{question ? inLanguage(question.text, language) : code}</p>
      {reason !== undefined && <p className="max-w-[68ch] wrap-anywhere whitespace-pre-wrap text-text-2">{reason || say("quality.erasedWords")}</p>}
      {verdict && (
        <p className="max-w-[68ch] wrap-anywhere text-text-2">
          → {verdict.accepted && question ? say("quality.verdictTaken", { answer: answerWord(question, verdict.answer ?? undefined, say, language) }) : say("quality.verdictLeft")}
          {verdict.reason && `: ${verdict.reason}`}
        </p>
      )}
    </li>
  );
}
