import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { asInstant, asMonth } from "../../shared/time/words";
import * as api from "../api";
import { asDuration, asMoney, asPercent } from "../figures";
import { useLocale } from "../locale";
import { useShop } from "../session";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { standing } from "./words";

const route = getRouteApi("/inside/approvals");

/** What waits for the client, the oldest first; and what was settled. */
export function ApprovalsPage() {
  const say = useWords();
  const { status = "open" } = route.useSearch();
  const query = useInfiniteQuery({
    queryKey: ["approvals", status],
    queryFn: ({ pageParam }) => api.approvals(status, pageParam),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
    refetchInterval: 10_000,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  const first = query.data?.pages[0];
  return (
    <>
      <PageHead title={say("approvals.title")} />
      <p className="max-w-[68ch] pb-6 text-text-2">{say("approvals.intro")}</p>
      <Tabs status={status} counts={first} />
      {query.isPending && <Skeleton rows={5} tall />}
      {query.isError && !rows && <Failure error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && <Nothing status={status} />}
      {rows && rows.length > 0 && (
        <ul>
          {rows.map((row) => (
            <Item key={row.id} row={row} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button className="mt-4 h-11" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("approvals.more")}
        </Button>
      )}
      {first && first.taken.asked > 0 && <Taken taken={first.taken} />}
    </>
  );
}

type Counts = { open: number; overdue: number; done: number };

function Tabs({ status, counts }: { status: "open" | "done"; counts: Counts | undefined }) {
  const say = useWords();
  return (
    <nav aria-label={say("approvals.tabs.label")} className="flex gap-1 border-b border-line">
      {(["open", "done"] as const).map((each) => (
        <Link
          key={each}
          to="/approvals"
          search={each === "done" ? { status: "done" } : {}}
          aria-current={each === status ? "page" : undefined}
          className="tap -mb-px inline-flex items-center gap-2 border-b-2 border-transparent px-3 text-text-2 hover:text-text-1 aria-[current=page]:border-client aria-[current=page]:font-semibold aria-[current=page]:text-text-1"
        >
          {say(`approvals.tabs.${each}`)}
          {counts && <span className="figures text-13 font-normal text-text-2">{counts[each]}</span>}
        </Link>
      ))}
    </nav>
  );
}

function Nothing({ status }: { status: "open" | "done" }) {
  const say = useWords();
  if (status === "open") return <Notice icon="check" title={say("approvals.none")} text={say("approvals.none_text")} />;
  return <Notice icon="inbox" title={say("approvals.none_done")} text={say("approvals.none_done_text")} />;
}

function Item({ row }: { row: api.Approval }) {
  const say = useWords();
  const locale = useLocale();
  const zone = useShop().time_zone;
  return (
    <li className="border-b border-line">
      <Link to="/approvals/$approval" params={{ approval: row.id }} className="group grid gap-x-8 gap-y-1 py-4 hover:bg-surface-2 md:grid-cols-[minmax(0,1fr)_16rem] md:px-2">
        <span className="min-w-0">
          <span className="line-clamp-2 font-medium wrap-anywhere group-hover:underline group-hover:underline-offset-4">{row.asked}</span>
          <span className="figures block text-13 text-text-2">
            {row.case_number} · {row.alias}
            {row.amount && ` · ${asMoney(row.amount, row.currency, locale)}`}
          </span>
        </span>
        <span className={cx("text-13 md:text-right", row.is_late ? "font-semibold text-risk" : "text-text-2")}>
          {standing(row, say, locale, zone)}
          <span className="figures block font-normal text-text-2">{asInstant(row.ended_at ?? row.asked_at, locale, zone)}</span>
        </span>
      </Link>
    </li>
  );
}

/** The client's own attainment: how it keeps the time that the contract gives it. */
function Taken({ taken }: { taken: api.Taken }) {
  const say = useWords();
  const locale = useLocale();
  const figures: [string, string][] = [
    [say("approvals.taken_asked"), String(taken.asked)],
    [say("approvals.taken_in_time"), taken.share === null ? String(taken.in_time) : `${taken.in_time} (${asPercent(taken.share, locale)})`],
    [say("approvals.taken_late"), String(taken.late)],
    [say("approvals.taken_overdue"), String(taken.overdue)],
    [say("approvals.taken_average"), taken.average_seconds === null ? "–" : asDuration(taken.average_seconds)],
  ];
  return (
    <section aria-labelledby="taken" className="pt-12">
      <h2 id="taken" className="border-b border-line pb-3 text-18 font-semibold">
        {say("approvals.taken", { month: asMonth(taken.month, locale) })}
      </h2>
      <dl className="figures grid grid-cols-2 gap-x-8 gap-y-4 pt-4 sm:grid-cols-5">
        {figures.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse">
            <dt className="text-13 text-text-2">{name}</dt>
            <dd className="text-18">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="max-w-[68ch] pt-4 text-13 text-text-2">{say("approvals.taken_text")}</p>
    </section>
  );
}
