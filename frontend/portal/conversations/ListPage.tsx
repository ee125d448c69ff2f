import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import * as api from "../api";
import { asCount } from "../figures";
import { MonthPicker, useThisMonth } from "../shell/MonthPicker";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { Filters } from "./Filters";
import { Rows } from "./Rows";

/** What a figure counts: conversations, narrowed by the figure that was opened. */
export function ListPage() {
  const say = useWords();
  const language = useLanguage();
  const current = useThisMonth();
  const search = useSearch({ from: "/inside/conversations" });
  const month = search.month ?? current;
  const navigate = useNavigate({ from: "/conversations" });
  const overview = useQuery({ queryKey: ["overview", month, language], queryFn: () => api.overview(month, language) });
  const query = useInfiniteQuery({
    queryKey: ["conversations", { ...search, month }, language],
    queryFn: ({ pageParam }) => api.conversations({ ...search, month }, pageParam, language),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);

  const choose = (wanted: api.Filters) => void navigate({ search: wanted, replace: true });
  return (
    <>
      <PageHead title={say("list.title")}>
        {!search.queue && !search.report && (
          <MonthPicker
            month={month}
            months={overview.data?.months}
            onMonth={(wanted) => choose({ ...search, day: undefined, month: wanted === current ? undefined : wanted })}
          />
        )}
      </PageHead>
      <Filters search={search} overview={overview.data} onChange={choose} />
      {query.isPending && <Skeleton rows={8} tall />}
      {query.isError && !rows && <Failure error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && (
        <Notice
          icon="inbox"
          title={say("list.none")}
          text={say("list.none_text")}
          act={<Button onClick={() => choose({ month: search.month })}>{say("list.clear")}</Button>}
        />
      )}
      {rows && rows.length > 0 && (
        <>
          <Rows rows={rows} />
          <div className="flex items-center justify-between pt-4 text-13 text-text-2">
            <span className="figures">{say("list.loaded", { n: asCount(rows.length, language) })}</span>
            {query.hasNextPage && (
              <Button className="h-11" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {say("list.more")}
              </Button>
            )}
          </div>
        </>
      )}
    </>
  );
}
