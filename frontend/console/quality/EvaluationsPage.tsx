import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Asked, Failure, Notice, Skeleton } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { Answer, Evaluation, EvaluationHead, Pin, Question } from "../../shared/model";
import { asLeft } from "../../shared/time/words";
import { sync } from "../desk/sync";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import { answerWord } from "./answers";
import * as api from "./api";
import { Acts } from "./EvaluationActs";
import { DisputeHistory } from "./DisputeHistory";
import { QualityTabs } from "./QualityFrame";
import { Pins } from "./QuestionRow";
import { askedIn, inLanguage } from "./scoring";

const route = getRouteApi("/inside/evaluations");

export function EvaluationsPage() {
  const say = useWords();
  const { tenant, evaluation } = route.useSearch();
  return (
    <>
      <section className={cx("flex min-h-0 w-full shrink-0 flex-col border-r border-line bg-surface-2 md:w-80", evaluation && "max-md:hidden")}>
        <List chosen={evaluation} />
      </section>
      <div className={cx("min-h-0 min-w-0 flex-1 overflow-y-auto bg-surface-1", !evaluation && "max-md:hidden")}>
        {evaluation && tenant ? (
          <Detail key={evaluation} tenant={tenant} id={evaluation} />
        ) : (
          <Notice icon="score" title={say("quality.pick")} text={say("quality.pickText")} />
        )}
      </div>
    </>
  );
}

function List({ chosen }: { chosen: string | undefined }) {
  const say = useWords();
  const isLead = has(useMe(), "supervisor");
  const query = useInfiniteQuery({
    queryKey: ["evaluations"],
    queryFn: ({ pageParam }) => api.evaluations(pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  return (
    <>
      <header className="flex h-12 shrink-0 items-center border-b border-line px-4">
        <h1 className="text-15 font-semibold">{say(isLead ? "quality.allScores" : "quality.myScores")}</h1>
      </header>
      {isLead && <QualityTabs inside />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {!rows && (query.isError ? <Failure small error={query.error} retry={() => void query.refetch()} /> : <Skeleton rows={8} />)}
        {rows?.length === 0 && <Notice small icon="score" title={say("quality.noScores")} text={say(isLead ? "quality.noScoresAll" : "quality.noScoresText")} />}
        <ul>
          {rows?.map((row) => (
            <li key={row.id}>
              <Head row={row} isChosen={row.id === chosen} isLead={isLead} />
            </li>
          ))}
        </ul>
        {query.hasNextPage && (
          <div className="p-3">
            <Button small onClick={() => void query.fetchNextPage()}>
              {say("quality.more")}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

function Head({ row, isChosen, isLead }: { row: EvaluationHead; isChosen: boolean; isLead: boolean }) {
  const say = useWords();
  const language = useLanguage();
  return (
    <Link
      to="/evaluations"
      search={{ tenant: row.tenant.id, evaluation: row.id }}
      aria-current={isChosen ? "true" : undefined}
      className={cx("flex h-12 items-center gap-2.5 border-b border-line px-4 -outline-offset-2", isChosen ? "bg-surface-4" : "hover:bg-surface-3")}
    >
      <ClientTile client={row.tenant} />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className={cx("truncate", !row.read_at && !isLead ? "font-semibold" : "font-medium")}>{isLead ? row.agent.name : row.case_number}</span>
          {!row.read_at && !isLead && <span className="text-12 text-accent">{say("quality.unread")}</span>}
          {row.dispute_state === "open" && <span className="shrink-0 text-12 text-warn">{say("quality.disputeStates.open")}</span>}
        </span>
        <span className="block truncate text-12 text-text-3">
          {isLead ? `${row.case_number} · ` : ""}
          <When at={row.made_at} /> · {say("quality.by", { name: row.evaluator.name })}
        </span>
      </span>
      <span className={cx("num text-15 font-semibold", row.fatal && "text-risk")}>{api.asScore(row.percent, language)}</span>
    </Link>
  );
}

function Detail({ tenant, id }: { tenant: string; id: string }) {
  const query = useQuery({ queryKey: ["evaluation", tenant, id], queryFn: () => api.evaluation(tenant, id) });
  const me = useMe();
  const client = useQueryClient();
  const mustRead = query.data && query.data.agent.id === me.id && !query.data.read_at;
  useEffect(() => {
    if (!mustRead) return;
    void api.markRead(tenant, id).then(
      () => Promise.all([client.invalidateQueries({ queryKey: ["evaluations"] }), sync()]),
      () => undefined,
    );
  }, [mustRead, tenant, id, client]);
  return (
    <Asked query={query} rows={8}>
      {(data) => <Sheet evaluation={data} />}
    </Asked>
  );
}

function Sheet({ evaluation }: { evaluation: Evaluation }) {
  const say = useWords();
  const language = useLanguage();
  const { tenant, conversation, scorecard } = evaluation;
  const asked = askedIn(scorecard.definition, evaluation.answers, evaluation.channel);
  const percents = new Map(evaluation.sections.map((section) => [section.code, section.percent]));
  return (
    <article className="mx-auto max-w-2xl px-5 py-6">
      <Link to="/evaluations" search={{}} className="text-12 text-accent md:hidden">
        ← {say("quality.allScores")}
      </Link>
      <header className="flex items-start gap-4 pb-4">
        <div className="min-w-0 flex-1">
          <h2 className="flex items-center gap-2 text-18 font-semibold">
            <ClientTile client={tenant} />
            {evaluation.case_number}
          </h2>
          <p className="mt-1 text-text-2">
            {evaluation.agent.name} · {say("quality.by", { name: evaluation.evaluator.name })} · <When at={evaluation.made_at} />
          </p>
          <p className="text-12 text-text-3">
            {scorecard.name} · {say("quality.version", { version: scorecard.version })} · {say(`quality.origins.${evaluation.origin}`)}
            {evaluation.seconds !== null && ` · ${say("quality.minutesSpent", { time: asLeft(evaluation.seconds) })}`}
          </p>
          <Link to="/c/$tenant/$conversation" params={{ tenant: tenant.id, conversation }} className="text-accent hover:underline">
            {say("quality.openConversation")}
          </Link>
        </div>
        <p className={cx("num text-32 font-semibold tracking-tight", evaluation.fatal && "text-risk")}>{api.asScore(evaluation.percent, language)}</p>
      </header>
      {evaluation.fatal && <p className="mb-3 text-risk">{say("quality.fatalNote")}</p>}
      <Acts evaluation={evaluation} />
      {evaluation.summary && <p className="mb-6 max-w-[68ch] rounded bg-surface-3 px-4 py-3 text-15 whitespace-pre-wrap">{evaluation.summary}</p>}
      {evaluation.coaching && (
        <section className="mb-6">
          <h3 className="text-13 font-semibold">{say("quality.coachingRead")}</h3>
          <p className="max-w-[68ch] text-13 whitespace-pre-wrap">{evaluation.coaching}</p>
        </section>
      )}
      <DisputeHistory disputes={evaluation.disputes} definition={scorecard.definition} tenant={tenant.id} evaluation={evaluation} />
      {scorecard.definition.sections.map((section) => {
        const percent = percents.get(section.code);
        return (
          <section key={section.code} className="mb-6">
            <h3 className="flex items-baseline justify-between border-b border-line-strong pb-1 text-13 font-semibold">
              {inLanguage(section.title, language)}
              <span className="num">{percent == null ? say("quality.na") : api.asScore(percent, language)}</span>
            </h3>
            {section.questions
              .filter((question) => asked.has(question.code))
              .map((question) => (
                <Given
                  key={question.code}
                  question={question}
                  answer={evaluation.answers[question.code]}
                  comment={evaluation.comments[question.code]}
                  pins={evaluation.pins.filter((pin) => pin.question === question.code)}
                />
              ))}
          </section>
        );
      })}
    </article>
  );
}

function Given({ question, answer, comment, pins }: { question: Question; answer: Answer | undefined; comment: string | undefined; pins: Pin[] }) {
  const say = useWords();
  const language = useLanguage();
  const failed = answer === false || answer === 0;
  const words = answerWord(question, answer, say, language);
  return (
    <div className="border-b border-line py-2">
      <p className="flex items-baseline gap-3">
        <span className="flex-1">{inLanguage(question.text, language)}</span>
        <span className={cx("num font-medium", failed ? "text-risk" : answer === "na" && "text-text-3")}>
          {words}
          {question.kind === "scale" && typeof answer === "number" && ` / ${question.max}`}
        </span>
      </p>
      {comment && <p className="mt-0.5 text-text-2">{comment}</p>}
      <Pins pins={pins} />
    </div>
  );
}
