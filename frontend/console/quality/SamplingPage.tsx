import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Sampling, SamplingPlan } from "../../shared/model";
import { asInstant, asMonth } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { wordOr } from "../desk/channels";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { PlanForm, RULES } from "./PlanForm";
import { QualityFrame } from "./QualityFrame";
import { ClientChoice } from "./ScorecardsPage";
import { Terms } from "./Terms";

const route = getRouteApi("/inside/sampling");

/** A client's sampling plans, how far this month's quotas are, and its averages by origin. */
export function SamplingPage() {
  const say = useWords();
  const me = useMe();
  const tenant = route.useSearch().tenant ?? me.clients[0]?.id;
  const [isAdding, setIsAdding] = useState(false);
  const acts = tenant && (
    <Button kind="primary" onClick={() => setIsAdding(true)}>
      {say("sampling.add")}
    </Button>
  );
  return (
    <QualityFrame title={say("sampling.plans")} acts={acts}>
      <ClientChoice to="/sampling" tenant={tenant} />
      {tenant && <Plans key={tenant} tenant={tenant} isAdding={isAdding} onClose={() => setIsAdding(false)} />}
    </QualityFrame>
  );
}

function Plans({ tenant, isAdding, onClose }: { tenant: string; isAdding: boolean; onClose: () => void }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["sampling", tenant], queryFn: () => api.sampling(tenant), staleTime: 0 });
  return (
    <Asked query={query} rows={8}>
      {(data) => (
        <>
          <Averages data={data} />
          {data.plans.length === 0 && <Notice icon="score" title={say("sampling.none")} text={say("sampling.noneText")} />}
          {data.plans.map((plan) => (
            <Plan key={plan.id} tenant={tenant} plan={plan} languages={data.languages} />
          ))}
          <Terms tenant={tenant} />
          {isAdding && <PlanForm tenant={tenant} languages={data.languages} onClose={onClose} />}
        </>
      )}
    </Asked>
  );
}

function Averages({ data }: { data: Sampling }) {
  const say = useWords();
  const language = useLanguage();
  return (
    <section aria-label={say("sampling.averages", { month: asMonth(data.month, language) })} className="mb-8">
      <h2 className="text-15 font-semibold">{say("sampling.averages", { month: asMonth(data.month, language) })}</h2>
      <p className="text-13 text-text-2">{say("sampling.averagesText")}</p>
      <dl className="mt-3 flex flex-wrap gap-x-10 gap-y-3">
        {(["sample", "rule", "manual"] as const).map((origin) => {
          const { percent, count } = data.averages[origin];
          return (
            <div key={origin}>
              <dt className="text-12 text-text-2">{say(`quality.origins.${origin}`)}</dt>
              <dd className={cx("num font-semibold", origin === "sample" ? "text-24" : "text-18")}>{percent === null ? say("sampling.noAverage") : api.asScore(percent, language)}</dd>
              <dd className="num text-12 text-text-3">{say("sampling.count", { count })}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function Plan({ tenant, plan, languages }: { tenant: string; plan: SamplingPlan; languages: string[] }) {
  const say = useWords();
  const language = useLanguage();
  const attempt = useTry();
  const client = useQueryClient();
  const [isChanging, setIsChanging] = useState(false);
  const draw = async () => {
    const drawn = await attempt(() => api.drawNow(tenant, plan.id));
    if (drawn) toast(say("sampling.drawn", drawn));
    await Promise.all(["sampling", "to-evaluate"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  const { last_draw: last } = plan;
  return (
    <section aria-label={plan.name} className="mb-8 border-t border-line pt-4">
      <div className="flex flex-wrap items-center gap-3 pb-2">
        <h2 className="text-15 font-semibold">{plan.name}</h2>
        {!plan.is_active && <span className="text-12 text-text-2">{say("sampling.paused")}</span>}
        <span className="ml-auto flex gap-2">
          <Button small onClick={() => setIsChanging(true)}>
            {say("sampling.change")}
          </Button>
          <Button small disabled={!plan.is_active} onClick={() => void draw()}>
            {say("sampling.drawNow")}
          </Button>
        </span>
      </div>
      <p className="text-12 wrap-anywhere text-text-2">{last ? say("sampling.lastDraw", { at: asInstant(last.at, language), count: last.candidates, seed: last.seed }) : say("sampling.neverDrawn")}</p>
      <Quotas plan={plan} />
      <Others plan={plan} />
      {isChanging && <PlanForm tenant={tenant} plan={plan} languages={languages} onClose={() => setIsChanging(false)} />}
    </section>
  );
}

function Quotas({ plan }: { plan: SamplingPlan }) {
  const say = useWords();
  if (!plan.quotas.length) return <p className="py-3 text-13 text-text-2">{say("sampling.noQuotas")}</p>;
  const columns = [
    { name: say("sampling.agent") },
    { name: say("sampling.quota"), right: true },
    { name: say("sampling.open"), right: true, hideOnPhone: true },
    { name: say("sampling.finished"), right: true, hideOnPhone: true },
    { name: say("sampling.forecast"), right: true, hideOnPhone: true },
    { name: say("sampling.shortfall"), right: true },
  ];
  return (
    <div className="py-2">
      <Table columns={columns} label={plan.name}>
        {plan.quotas.map((line) => (
          <Line key={line.agent.id}>
            <Cell>{line.agent.name}</Cell>
            <Cell right>
              {line.done} / {line.quota}
            </Cell>
            <Cell right hideOnPhone>
              {line.open}
            </Cell>
            <Cell right hideOnPhone>
              {line.finished}
            </Cell>
            <Cell right hideOnPhone>
              {line.forecast}
            </Cell>
            <Cell right className={line.shortfall ? "text-warn" : "text-text-3"}>
              {line.shortfall || "–"}
              {line.reason && <span className="block text-12">{say(`sampling.reasons.${line.reason}`)}</span>}
            </Cell>
          </Line>
        ))}
      </Table>
    </div>
  );
}

function Others({ plan }: { plan: SamplingPlan }) {
  const say = useWords();
  const lines = [
    ...plan.by_rule.map(({ rule, done, open }) => say("sampling.byRule", { rule: wordOr(RULES, rule, (known) => say(`quality.rules.${known}`)), done, open })),
    ...plan.by_evaluator.map(({ evaluator, open }) => say("sampling.load", { name: evaluator.name, count: open })),
  ];
  return (
    <div className="text-12 text-text-2">
      {plan.unassigned > 0 && <p className="text-warn">{say("sampling.unassigned", { count: plan.unassigned })}</p>}
      <p>{lines.join(" · ")}</p>
    </div>
  );
}
