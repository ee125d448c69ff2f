import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Answer, Answers, Evaluation, EvaluationDispute, Question } from "../../shared/model";
import { useWords } from "../words/load";
import { answerWord, choicesOf } from "./answers";
import * as api from "./api";
import { useAct } from "./EvaluationActs";
import { askedIn, inLanguage, preview, questionsOf } from "./scoring";

interface Given {
  /** Undefined: not decided yet; null: left as it is. */
  answer?: Answer | null;
  reason: string;
}

/** Each disputed answer taken or left, with a reason; the score that comes of it is shown before it is sent. */
export function DecideForm({ evaluation, dispute, onClose }: { evaluation: Evaluation; dispute: EvaluationDispute; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const { definition } = evaluation.scorecard;
  const [given, setGiven] = useState<Record<string, Given>>({});
  const { run, isBusy } = useAct(evaluation);
  const changed = Object.fromEntries(Object.entries(given).flatMap(([code, { answer }]) => (answer == null ? [] : [[code, answer]]))) as Answers;
  const answers = { ...evaluation.answers, ...changed };
  const asked = askedIn(definition, answers, evaluation.channel);
  // A changed answer may ask a question that was not asked before: it is answered here, too.
  const rows = questionsOf(definition).filter((question) => question.code in dispute.reasons || (asked.has(question.code) && !(question.code in evaluation.answers)));
  const isDone = (question: Question) => {
    const one = given[question.code];
    return one?.answer !== undefined && (!(question.code in dispute.reasons) || Boolean(one.reason.trim()));
  };
  const after = preview(definition, answers, evaluation.channel).percent;
  const send = async () => {
    const verdicts: api.Verdicts = Object.fromEntries(
      rows.map(({ code }) => [code, { accepted: given[code]!.answer != null, answer: given[code]!.answer ?? null, reason: given[code]!.reason }]),
    );
    if (await run(() => api.decide(evaluation.tenant.id, dispute.id, verdicts), say("quality.decided"))) onClose();
  };
  const footer = (
    <>
      <p className="num mr-auto self-center text-13 font-medium">
        {say("quality.beforeAfter", { before: api.asScore(evaluation.percent, language), after: after === null ? "–" : api.asScore(after, language) })}
      </p>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!rows.every(isDone) || isBusy} onClick={() => void send()}>
        {say("quality.decideSend")}
      </Button>
    </>
  );
  return (
    <Dialog open wide onClose={onClose} title={say("quality.decideTitle")} text={say("quality.decideText")} footer={footer}>
      {rows.map((question) => (
        <Row
          key={question.code}
          question={question}
          now={evaluation.answers[question.code]}
          why={dispute.reasons[question.code]}
          given={given[question.code] ?? { reason: "" }}
          onChange={(one) => setGiven((kept) => ({ ...kept, [question.code]: one }))}
        />
      ))}
    </Dialog>
  );
}

interface RowProps {
  question: Question;
  now: Answer | undefined;
  why: string | undefined;
  given: Given;
  onChange: (given: Given) => void;
}

function Row({ question, now, why, given, onChange }: RowProps) {
  const say = useWords();
  const language = useLanguage();
  const text = inLanguage(question.text, language);
  const others = choicesOf(question).filter((choice) => choice !== now);
  return (
    <fieldset className="border-b border-line py-3">
      <legend className="text-13 font-medium">
        {text} <span className="num font-normal text-text-2">({answerWord(question, now, say, language)})</span>
      </legend>
      {why !== undefined && <p className="text-13 wrap-anywhere text-text-2">{why || say("quality.erasedWords")}</p>}
      <div className="my-2 flex flex-wrap gap-x-4 gap-y-1 text-13">
        {why !== undefined && (
          <label className="flex items-center gap-1.5">
            <input type="radio" name={question.code} checked={given.answer === null} onChange={() => onChange({ ...given, answer: null })} />
            {say("quality.leaveIt")}
          </label>
        )}
        {others.map((choice) => (
          <label key={String(choice)} className="flex items-center gap-1.5">
            <input type="radio" name={question.code} checked={given.answer === choice} onChange={() => onChange({ ...given, answer: choice })} />
            {answerWord(question, choice, say, language)}
          </label>
        ))}
        {question.kind === "number" && (
          <label className="flex items-center gap-1.5">
            {say("quality.takeIt")}
            <input type="number" step="any" className="num h-7 w-24 rounded border border-line-strong bg-surface-1 px-2" onChange={(event) => onChange({ ...given, answer: event.target.value === "" ? undefined : event.target.valueAsNumber })} />
          </label>
        )}
      </div>
      {why !== undefined && <TextArea label={say("quality.verdictReason", { question: text })} rows={2} maxLength={1000} value={given.reason} onChange={(event) => onChange({ ...given, reason: event.target.value })} />}
    </fieldset>
  );
}
