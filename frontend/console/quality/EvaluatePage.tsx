import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { TextArea } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Answer, Answers, FilledForm, Scorecard, Section } from "../../shared/model";
import { useThread } from "../conversation/thread";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { QuestionRow } from "./QuestionRow";
import { ReadOnlyThread } from "./ReadOnlyThread";
import { inLanguage, preview } from "./scoring";

const route = getRouteApi("/inside/evaluate/$tenant/$conversation/$work");

/** A finished conversation with the shop's scorecard beside it. */
export function EvaluatePage() {
  const { tenant, conversation } = route.useParams();
  const thread = useThread(tenant, conversation);
  const card = useQuery({ queryKey: ["scorecard", tenant], queryFn: () => api.scorecard(tenant) });
  return (
    <div className="flex min-w-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <div className="flex min-w-0 bg-surface-1 max-lg:shrink-0 lg:min-h-0 lg:flex-1">
        <Asked query={thread} rows={8}>
          {(data) => <ReadOnlyThread tenant={tenant} thread={data} />}
        </Asked>
      </div>
      <aside className="flex shrink-0 flex-col border-line bg-surface-2 max-lg:border-t lg:min-h-0 lg:w-104 lg:border-l">
        <Asked query={card} rows={8}>
          {(data) => <Form card={data} />}
        </Asked>
      </aside>
    </div>
  );
}

function Form({ card }: { card: Scorecard }) {
  const say = useWords();
  const language = useLanguage();
  const [answers, setAnswers] = useState<Answers>({});
  const [comments, setComments] = useState<Record<string, string>>({});
  const [summary, setSummary] = useState("");
  const score = preview(card.definition, answers);
  const { submit, isBusy } = useSubmit({ answers, comments, summary });
  const answer = (code: string, given: Answer) => setAnswers((kept) => ({ ...kept, [code]: given }));
  const note = (code: string, text: string) => setComments((kept) => ({ ...kept, [code]: text }));
  return (
    <>
      <header className="flex min-h-14 items-center gap-3 border-b border-line px-4 py-2">
        <div className="min-w-0 flex-1">
          <h1 className="truncate text-13 font-semibold">{card.name}</h1>
          <p className="text-12 text-text-3">{say("quality.version", { version: card.version })}</p>
        </div>
        <p className="num text-right" aria-live="polite">
          <span className="text-24 font-semibold">{score.percent === null ? "–" : api.asScore(score.percent, language)}</span>
          {score.missing > 0 && <span className="ml-1.5 text-12 text-text-3">{say("quality.soFar")}</span>}
        </p>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <p className="mb-3 text-12 text-text-3">{say("quality.keysHint")}</p>
        {card.definition.sections.map((section) => (
          <SectionPart key={section.code} section={section} percent={score.sections[section.code] ?? null}>
            {section.questions.map((question) => (
              <QuestionRow
                key={question.code}
                question={question}
                answer={answers[question.code]}
                comment={comments[question.code] ?? ""}
                onAnswer={(given) => answer(question.code, given)}
                onComment={(text) => note(question.code, text)}
              />
            ))}
          </SectionPart>
        ))}
        <TextArea label={say("quality.summary")} rows={4} value={summary} onChange={(event) => setSummary(event.target.value)} />
      </div>
      <footer className="flex items-center gap-3 border-t border-line px-4 py-3">
        <p className="min-w-0 flex-1 text-12 text-text-2">
          {score.fatal ? <span className="text-risk">{say("quality.fatalNote")}</span> : score.failedCritical.length > 0 ? say("quality.criticalNote") : score.missing > 0 && say("quality.missing", { count: score.missing })}
        </p>
        <Button kind="primary" disabled={score.missing > 0 || isBusy} onClick={submit}>
          {say("quality.submit")}
        </Button>
      </footer>
    </>
  );
}

function SectionPart({ section, percent, children }: { section: Section; percent: number | null; children: ReactNode }) {
  const language = useLanguage();
  return (
    <fieldset className="mb-5">
      <legend className="flex w-full items-baseline justify-between border-b border-line pb-1 text-13 font-semibold">
        {inLanguage(section.title, language)}
        <span className="num font-normal text-text-2">{percent === null ? "" : api.asScore(percent, language)}</span>
      </legend>
      {children}
    </fieldset>
  );
}

function useSubmit(form: Omit<FilledForm, "work_item">) {
  const say = useWords();
  const attempt = useTry();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { tenant, conversation, work } = route.useParams();
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    const comments = Object.fromEntries(Object.entries(form.comments ?? {}).filter(([, text]) => text.trim()));
    const made = await attempt(() => api.evaluate(tenant, conversation, { ...form, comments, work_item: work }));
    setIsBusy(false);
    if (!made) return;
    toast(say("quality.submitted", { name: made.agent.name }));
    await Promise.all(["finished", "evaluations"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    await navigate({ to: "/finished" });
  };
  return { submit: () => void submit(), isBusy };
}
