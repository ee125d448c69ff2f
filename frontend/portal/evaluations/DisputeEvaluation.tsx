import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import * as api from "../api";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { inLanguage, nameAnswer } from "./words";

/** The answers that the shop sees otherwise, each with a reason; that it can be sent once is told before. */
export function DisputeEvaluation({ row, onClose }: { row: api.Evaluation; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLocale();
  const client = useQueryClient();
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const sending = useMutation({
    mutationFn: () => api.disputeEvaluation(row.id, reasons),
    onSuccess: async () => {
      toast(say("quality.sent"));
      onClose();
      await client.invalidateQueries({ queryKey: ["evaluations"] });
    },
  });
  const isWhole = Object.keys(reasons).length > 0 && Object.values(reasons).every((text) => text.trim());
  const toggle = (code: string) =>
    setReasons((kept) => (code in kept ? Object.fromEntries(Object.entries(kept).filter(([each]) => each !== code)) : { ...kept, [code]: "" }));
  const footer = (
    <>
      <Button className="h-11 sm:h-8" onClick={onClose}>
        {shared("cancel")}
      </Button>
      <Button kind="primary" className="h-11 sm:h-8" disabled={!isWhole || sending.isPending} onClick={() => sending.mutate()}>
        {say("quality.send")}
      </Button>
    </>
  );
  const asked = row.scorecard.definition.sections.flatMap((section) => section.questions).filter((question) => question.code in row.answers);
  return (
    <Dialog open wide onClose={onClose} title={say("quality.dispute_title")} text={say("quality.dispute_text")} footer={footer}>
      <ul>
        {asked.map((question) => (
          <li key={question.code} className="border-b border-line py-2">
            <label className="flex min-h-11 items-center gap-2 text-13 sm:min-h-8">
              <input type="checkbox" className="size-4 shrink-0" checked={question.code in reasons} onChange={() => toggle(question.code)} />
              <span className="flex-1">{inLanguage(question.text, language)}</span>
              <span className="figures text-text-2">{nameAnswer(question, row.answers[question.code], say, language)}</span>
            </label>
            {question.code in reasons && (
              <TextArea
                label={say("quality.why", { question: inLanguage(question.text, language) })}
                rows={2}
                maxLength={1000}
                value={reasons[question.code]}
                onChange={(event) => setReasons({ ...reasons, [question.code]: event.target.value })}
              />
            )}
          </li>
        ))}
      </ul>
      {sending.isError && (
        <p role="alert" className="pt-2 text-13 text-risk">
          {sending.error.message}
        </p>
      )}
    </Dialog>
  );
}
