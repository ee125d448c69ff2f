import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Evaluation } from "../../shared/model";
import { useWords } from "../words/load";
import { answerWord } from "./answers";
import * as api from "./api";
import { useAct } from "./EvaluationActs";
import { inLanguage, questionsOf } from "./scoring";

/** The answers that the agent sees otherwise, each with a reason. */
export function DisputeForm({ evaluation, onClose }: { evaluation: Evaluation; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const { run, isBusy } = useAct(evaluation);
  const isWhole = Object.keys(reasons).length > 0 && Object.values(reasons).every((text) => text.trim());
  const toggle = (code: string) =>
    setReasons((kept) => (code in kept ? Object.fromEntries(Object.entries(kept).filter(([each]) => each !== code)) : { ...kept, [code]: "" }));
  const send = async () => {
    if (await run(() => api.dispute(evaluation.tenant.id, evaluation.id, reasons), say("quality.disputeSent"))) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!isWhole || isBusy} onClick={() => void send()}>
        {say("quality.disputeSend")}
      </Button>
    </>
  );
  const asked = questionsOf(evaluation.scorecard.definition).filter((question) => question.code in evaluation.answers);
  return (
    <Dialog open wide onClose={onClose} title={say("quality.disputeTitle")} text={say("quality.disputeText")} footer={footer}>
      <ul className="flex flex-col">
        {asked.map((question) => {
          const text = inLanguage(question.text, language);
          return (
            <li key={question.code} className="border-b border-line py-2">
              <label className="flex items-baseline gap-2 text-13">
                <input type="checkbox" className="size-4 shrink-0 self-center accent-accent" checked={question.code in reasons} onChange={() => toggle(question.code)} />
                <span className="flex-1">{text}</span>
                <span className="num text-text-2">{answerWord(question, evaluation.answers[question.code], say, language)}</span>
              </label>
              {question.code in reasons && (
                <TextArea
                  label={say("quality.disputeWhy", { question: text })}
                  rows={2}
                  maxLength={1000}
                  value={reasons[question.code]}
                  onChange={(event) => setReasons({ ...reasons, [question.code]: event.target.value })}
                />
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
