import { useState } from "react";

import { SelectField } from "../../shared/components/Field";
import { useLanguage } from "../../shared/i18n/use";
import type { Answers, Definition } from "../../shared/model";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { SectionPart } from "./FormParts";
import { QuestionRow } from "./QuestionRow";
import { askedIn, preview } from "./scoring";

export const CHANNELS = ["webchat", "email", "form", "relay"];

/** The form as an evaluator will have it, with its score. */
export function CardPreview({ definition }: { definition: Definition }) {
  const say = useWords();
  const shown = useLanguage();
  const [answers, setAnswers] = useState<Answers>({});
  const [comments, setComments] = useState<Record<string, string>>({});
  const [channel, setChannel] = useState("");
  const score = preview(definition, answers, channel);
  const asked = askedIn(definition, answers, channel);
  return (
    <section aria-label={say("scorecards.preview")} className="rounded border border-line bg-surface-2 px-4 py-3">
      <header className="mb-3 flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-13 font-semibold">{say("scorecards.preview")}</h2>
          <p className="text-12 text-text-2">{say("scorecards.previewHint")}</p>
        </div>
        <p className="num text-24 font-semibold" aria-live="polite">
          {score.percent === null ? "–" : api.asScore(score.percent, shown)}
        </p>
      </header>
      <SelectField label={say("scorecards.previewChannel")} value={channel} onChange={(event) => setChannel(event.target.value)}>
        <option value="">{say("scorecards.anyChannel")}</option>
        {CHANNELS.map((each) => (
          <option key={each} value={each}>
            {channelWord(each, say)}
          </option>
        ))}
      </SelectField>
      <div className="mt-4">
        {definition.sections.map((section) => (
          <SectionPart key={section.code} section={section} percent={score.sections[section.code] ?? null}>
            {section.questions
              .filter((question) => asked.has(question.code))
              .map((question) => (
                <QuestionRow
                  key={question.code}
                  question={question}
                  answer={answers[question.code]}
                  comment={comments[question.code] ?? ""}
                  onAnswer={(given) => setAnswers((kept) => ({ ...kept, [question.code]: given }))}
                  onComment={(text) => setComments((kept) => ({ ...kept, [question.code]: text }))}
                />
              ))}
          </SectionPart>
        ))}
      </div>
      {score.fatal && <p className="text-12 text-risk">{say("quality.fatalNote")}</p>}
      {!score.fatal && score.failedCritical.length > 0 && <p className="text-12 text-text-2">{say("quality.criticalNote")}</p>}
    </section>
  );
}
