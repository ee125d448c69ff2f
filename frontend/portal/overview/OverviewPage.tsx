import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { Asked } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asHour } from "../../shared/time/words";
import * as api from "../api";
import { ApprovalsNote } from "../approvals/Waiting";
import { FIGURES_MS } from "../live";
import { ContractNote } from "../contract/Note";
import { asMoney, asNumber } from "../figures";
import { useShop } from "../session";
import { MonthPicker, useThisMonth } from "../shell/MonthPicker";
import { PageHead } from "../shell/Shell";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { ClauseCard } from "./ClauseCard";

import { Live } from "./Live";
import { Takings } from "./Takings";
import { Quality } from "./Quality";
import { Reasons } from "./Reasons";
import { Volume } from "./Volume";


export function OverviewPage() {
  const say = useWords();
  const language = useLanguage();
  const current = useThisMonth();
  const { month = current } = useSearch({ from: "/inside/" });
  const navigate = useNavigate({ from: "/" });
  const query = useQuery({
    queryKey: ["overview", month, language],
    queryFn: () => api.overview(month, language),
    refetchInterval: month === current ? FIGURES_MS : false,
  });
  return (
    <>
      <PageHead title={say("overview.title")}>
        <MonthPicker
          month={month}
          months={query.data?.months}
          onMonth={(wanted) => void navigate({ search: wanted === current ? {} : { month: wanted } })}
        />
      </PageHead>
      <ContractNote />
      <ApprovalsNote />
      <Asked query={query} rows={8}>
        {(data) => <Overview data={data} month={month} isCurrent={month === current} />}
      </Asked>
    </>
  );
}

function Overview({ data, month, isCurrent }: { data: api.Overview; month: string; isCurrent: boolean }) {
  const say = useWords();
  const locale = useLocale();
  const { time_zone: zone } = useShop();
  return (
    <div className="flex flex-col gap-12">
      <section aria-labelledby="promises">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 pb-3">
          <h2 id="promises" className="text-18 font-semibold">
            {say("overview.promises")}
          </h2>
          <p className="text-13 text-text-2">
            {isCurrent ? say("month.so_far", { time: asHour(data.cut_off, locale, zone) }) : say("month.whole")}
          </p>
        </div>
        {data.clauses.length === 0 && <p className="border-t border-line py-6 text-text-2">{say("overview.no_clauses")}</p>}
        {data.clauses.map((clause) => (
          <ClauseCard key={`${clause.code} ${clause.version}`} {...{ clause, month }} currency={data.currency} trend={data.trend} versions={versionsIn(data)} />
        ))}
        {data.clauses.length > 1 && (asNumber(data.penalty) ?? 0) > 0 && (
          <p className="figures flex justify-between border-t border-line pt-4 font-semibold">
            <span>{say("overview.total_penalty")}</span>
            <span>{asMoney(data.penalty, data.currency, locale)}</span>
          </p>
        )}
      </section>
      <Takings month={month} />
      {isCurrent && <Live first={data.live.queues} />}
      <Volume volume={data.volume} month={month} />
      <Reasons reasons={data.contact_reasons} month={month} />
      <Quality month={month} />
    </div>
  );
}

function versionsIn(data: api.Overview): number {
  return new Set(data.clauses.map((clause) => clause.version)).size;
}
