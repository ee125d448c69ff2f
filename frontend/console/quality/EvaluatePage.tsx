import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useRef, type KeyboardEvent } from "react";

import { Button } from "../../shared/components/Button";
import { TextArea, TextField } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { EvaluationForm, Message, Section, Thread } from "../../shared/model";
import { asHour } from "../../shared/time/words";
import { useThread } from "../conversation/thread";
import { useWords } from "../words/load";
import * as api from "./api";
import { SectionPart } from "./FormParts";
import { useForm, type Filled } from "./form";
import { PinThread, type PinThreadHandle } from "./PinThread";
import { focusQuestion, Pins, QuestionRow } from "./QuestionRow";
import { askedIn, preview, questionsOf } from "./scoring";
import { Timeline } from "./Timeline";

const route = getRouteApi("/inside/evaluate/$tenant/$conversation/$work");

/** A finished conversation, its timeline, and the form beside it. */
export function EvaluatePage() {
  const { tenant, conversation, work } = route.useParams();
  const thread = useThread(tenant, conversation);
  // Asked for once: what is typed here is newer than any answer.
  const form = useQuery({ queryKey: ["evaluation-form", work], queryFn: () => api.openForm(tenant, conversation, work), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  return (
    <Asked query={thread} rows={8}>
      {(talk) => (
        <Asked query={form} rows={8}>
          {(opened) => <Evaluating key={work} thread={talk} opened={opened} />}
        </Asked>
      )}
    </Asked>
  );
}

function Evaluating({ thread, opened }: { thread: Thread; opened: EvaluationForm }) {
  const { tenant, conversation, work } = route.useParams();
  const form = useForm({ tenant, conversation, work, opened });
  const talk = useRef<PinThreadHandle>(null);
  const pinFor = (code: string) => talk.current?.choose(code);
  const pin = (message: Message, quote: string, code: string) => {
    form.pin({ question: code, message: message.id, quote, at: message.created_at });
    focusQuestion(document.querySelector<HTMLElement>(`[data-question="${CSS.escape(code)}"]`) ?? undefined);
  };
  return (
    <div className="flex min-w-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
      <div className="flex min-w-0 bg-surface-1 max-lg:shrink-0 lg:min-h-0 lg:flex-1">
        <PinThread ref={talk} tenant={tenant} thread={thread} onPin={pin} />
      </div>
      <Timeline entries={opened.timeline} messages={thread.messages} />
      <aside className="flex shrink-0 flex-col border-line bg-surface-2 max-lg:border-t lg:min-h-0 lg:w-104 lg:border-l">
        <Form opened={opened} form={form} onPin={pinFor} />
      </aside>
    </div>
  );
}

function Form({ opened, form, onPin }: { opened: EvaluationForm; form: Filled; onPin: (code: string) => void }) {
  const say = useWords();
  const { scorecard: card, channel } = opened;
  const { kept } = form;
  const score = preview(card.definition, kept.answers, channel);
  const asked = askedIn(card.definition, kept.answers, channel);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = questionsOf(card.definition).find((question) => kept.answers[question.code] === undefined);
    // The first open question takes the focus when the page opens, and only then; on a filled form, what stands below.
    const open = box.current?.querySelector<HTMLElement>(`[data-question="${CSS.escape(first?.code ?? "")}"]`);
    focusQuestion(open ?? box.current?.querySelector<HTMLElement>("[data-after-questions]") ?? undefined);
  }, []);
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || score.missing > 0 || form.isBusy) return;
    event.preventDefault();
    form.submit();
  };
  return (
    <div className="contents" onKeyDown={submitByKey}>
      <FormHead opened={opened} form={form} percent={score.percent} isWhole={score.missing === 0} />
      <div ref={box} className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
        <p className="mb-3 text-12 text-text-3">{say("quality.keysHint")}</p>
        {card.definition.sections
          .filter((section) => section.questions.some((question) => asked.has(question.code)))
          .map((section) => (
            <SectionPart key={section.code} section={section} percent={score.sections[section.code] ?? null}>
              <Questions section={section} asked={asked} form={form} onPin={onPin} />
            </SectionPart>
          ))}
        <Closing form={form} />
      </div>
      <footer className="flex items-center gap-3 border-t border-line px-4 py-3">
        <p className="min-w-0 flex-1 text-12 text-text-2">
          {score.fatal ? <span className="text-risk">{say("quality.fatalNote")}</span> : score.failedCritical.length > 0 ? say("quality.criticalNote") : score.missing > 0 && say("quality.missing", { count: score.missing })}
        </p>
        <Button kind="primary" keys="Ctrl ⏎" disabled={score.missing > 0 || form.isBusy} onClick={form.submit}>
          {say(kept.release_on ? "quality.submitLater" : "quality.submit")}
        </Button>
      </footer>
    </div>
  );
}

function Questions({ section, asked, form, onPin }: { section: Section; asked: Set<string>; form: Filled; onPin: (code: string) => void }) {
  const { kept } = form;
  return section.questions
    .filter((question) => asked.has(question.code))
    .map((question) => (
      <QuestionRow
        key={question.code}
        question={question}
        answer={kept.answers[question.code]}
        comment={kept.comments[question.code] ?? ""}
        pins={kept.pins.filter((pin) => pin.question === question.code)}
        onAnswer={(given) => form.answer(question.code, given)}
        onComment={(text) => form.comment(question.code, text)}
        onPin={() => onPin(question.code)}
        onUnpin={form.unpin}
      />
    ));
}

function FormHead({ opened, form, percent, isWhole }: { opened: EvaluationForm; form: Filled; percent: number | null; isWhole: boolean }) {
  const say = useWords();
  const language = useLanguage();
  const { scorecard: card, origin } = opened;
  return (
    <header className="flex min-h-14 items-center gap-3 border-b border-line px-4 py-2">
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-13 font-semibold">{card.name}</h1>
        <p className="text-12 text-text-3">
          {say("quality.version", { version: card.version })} · {say(`quality.origins.${origin}`)}
        </p>
        <p className="text-12 text-text-3" role="status">
          {form.savedAt ? say("quality.draftKept", { at: asHour(form.savedAt, language) }) : say("quality.draftNone")}
          {form.savedAt && (
            <button type="button" className="ml-2 underline" onClick={form.discard}>
              {say("quality.discard")}
            </button>
          )}
        </p>
      </div>
      <p className="num text-right" aria-live="polite">
        <span className="text-24 font-semibold">{percent === null ? "–" : api.asScore(percent, language)}</span>
        {!isWhole && <span className="ml-1.5 text-12 text-text-3">{say("quality.soFar")}</span>}
      </p>
    </header>
  );
}

function Closing({ form }: { form: Filled }) {
  const say = useWords();
  const { kept } = form;
  const today = new Date(Date.now() + 86_400_000).toLocaleDateString("sv-SE");
  return (
    <div className="flex flex-col gap-3">
      <TextArea data-after-questions label={say("quality.summary")} rows={3} maxLength={4000} value={kept.summary} onChange={(event) => form.set({ summary: event.target.value })} />
      <TextArea label={say("quality.coaching")} hint={say("quality.coachingHint")} rows={3} maxLength={4000} value={kept.coaching} onChange={(event) => form.set({ coaching: event.target.value })} />
      <Pins pins={kept.pins.filter((pin) => !pin.question)} onUnpin={form.unpin} />
      <TextField
        type="date"
        label={say("quality.releaseOn")}
        hint={say("quality.releaseHint")}
        min={today}
        value={kept.release_on ? new Date(kept.release_on).toLocaleDateString("sv-SE") : ""}
        onChange={(event) => form.set({ release_on: event.target.value ? new Date(`${event.target.value}T08:00:00`).toISOString() : null })}
      />
    </div>
  );
}

