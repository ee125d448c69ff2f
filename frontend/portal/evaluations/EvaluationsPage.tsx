import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Notice } from "../../shared/components/States";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { useShop } from "../session";
import { Paged } from "../shell/Paged";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { asScore, nameDispute } from "./words";

/** What the service centre's evaluators made of the work done for this shop. */
export function EvaluationsPage() {
  const say = useWords();
  const query = useInfiniteQuery({
    queryKey: ["evaluations"],
    queryFn: ({ pageParam }) => api.evaluations(pageParam),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  return (
    <>
      <PageHead title={say("quality.page")} />
      <p className="max-w-[68ch] pb-4 text-text-2">{say("quality.intro")}</p>
      <Paged query={query} rows={rows} more={say("list.more")} none={<Notice icon="score" title={say("quality.none")} text={say("quality.none_text")} />}>
        {(row) => <Row key={row.id} row={row} />}
      </Paged>
    </>
  );
}

function Row({ row }: { row: api.EvaluationHead }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  return (
    <li className="border-b border-line">
      <Link to="/evaluations/$evaluation" params={{ evaluation: row.id }} className="flex min-h-14 items-center gap-3 py-2 hover:bg-surface-3">
        <Icon name={channelIcon(row.channel)} size={16} className="shrink-0 text-text-3" />
        <span className="min-w-0 flex-1">
          <span className="font-medium">{row.case_number}</span>
          <span className="block truncate text-13 text-text-2">
            {row.agent_alias} · {asInstant(row.released_at, language, zone)} · {say(`quality.origins.${row.origin}`)}
          </span>
        </span>
        {row.dispute_state && <span className={cx("text-13", row.dispute_state === "open" ? "text-warn" : "text-text-2")}>{nameDispute(row.dispute_state, say)}</span>}
        <span className={cx("figures text-18 font-semibold", row.fatal && "text-risk")}>{asScore(row.percent, language)}</span>
      </Link>
    </li>
  );
}
