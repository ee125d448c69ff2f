import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, asMonth } from "../../shared/time/words";
import * as api from "../api";
import { asCount } from "../figures";
import { useLocale } from "../locale";
import { useShop } from "../session";
import { Paged } from "../shell/Paged";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { nameClaim, nameOutcome, nameState } from "./words";

export const ASKED = ["open", "overdue", "accepted", "rejected"] as const;

/** Every dispute of the shop, narrowed by how it stands; each opens its conversation. */
export function DisputesPage() {
  const say = useWords();
  const language = useLanguage();
  const { state } = useSearch({ from: "/inside/disputes" });
  const navigate = useNavigate({ from: "/disputes" });
  const query = useInfiniteQuery({
    queryKey: ["disputes", state, language],
    queryFn: ({ pageParam }) => api.disputes(state, pageParam, language),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
  });
  const counts = query.data?.pages[0]?.counts;
  const rows = query.data?.pages.flatMap((page) => page.results);
  return (
    <>
      <PageHead title={say("dispute.page")} />
      <p className="max-w-[68ch] pb-4 text-text-2">{say("dispute.intro")}</p>
      <div role="group" aria-label={say("list.filters")} className="figures flex flex-wrap gap-2 pb-4">
        {[undefined, ...ASKED].map((each) => (
          <Button
            key={each ?? "all"}
            className="h-11 sm:h-9"
            aria-pressed={state === each}
            kind={state === each ? "client" : "plain"}
            onClick={() => void navigate({ search: each ? { state: each } : {}, replace: true })}
          >
            {each ? say(`dispute.states.${each}`) : say("dispute.all")}
            {each && counts && ` ${asCount(counts[each], language)}`}
          </Button>
        ))}
      </div>
      <Paged query={query} rows={rows} more={say("list.more")} none={<Notice icon="check" title={say("dispute.none")} text={say("dispute.none_text")} />}>
        {(row) => <Row key={row.id} row={row} />}
      </Paged>
    </>
  );
}

function Row({ row }: { row: api.DisputeHead }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  return (
    <li className="border-b border-line">
      <Link
        to="/conversations/$conversation"
        params={{ conversation: row.conversation }}
        hash={`clock-${row.clock}`}
        className="group grid gap-x-6 gap-y-1 py-4 hover:bg-surface-2 md:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_minmax(0,1fr)] md:px-2"
      >
        <span>
          <span className="figures block font-medium group-hover:underline group-hover:underline-offset-4">{row.case_number}</span>
          <span className="block text-13 text-text-2 first-letter:uppercase">
            {row.clause_title} · {asMonth(row.month, language)}
          </span>
        </span>
        <span className="text-13">
          {nameOutcome(row.outcome, row.outcome_reason, say)} → {nameClaim(row.claim, say)}
        </span>
        <span className="figures text-13 text-text-2">
          <strong className={cx("font-semibold", row.state === "accepted" && "text-ok", row.is_overdue && "text-warn")}>{nameState(row, say)}</strong>
          <span className="block">
            {row.answered_at ? asInstant(row.answered_at, language, zone) : say("dispute.answer_by", { at: asInstant(row.answer_by, language, zone) })}
          </span>
        </span>
      </Link>
    </li>
  );
}
