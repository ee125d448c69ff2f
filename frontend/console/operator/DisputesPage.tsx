import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { SelectField } from "../../shared/components/Field";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { DisputeHead } from "../../shared/model";
import { asInstant, asMonth } from "../../shared/time/words";
import { watchFloor } from "../desk/live";
import { useWords } from "../words/load";
import * as api from "./api";
import { DisputeView } from "./DisputeView";
import { DISPUTE_STATES, type DisputeSearch } from "./disputes";

/** What clients say was judged wrongly, by its term; the one that is chosen opens beside its ledger. */
export function DisputesPage() {
  const say = useWords();
  const search: DisputeSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = (wanted: DisputeSearch) => void navigate({ to: "/disputes", search: wanted });
  const { state = "open", client } = search;
  useEffect(watchFloor, []);
  const query = useInfiniteQuery({
    queryKey: ["disputes", state, client ?? "", "list"],
    queryFn: ({ pageParam }) => api.disputes(state, client, pageParam),
    initialPageParam: 1,
    getNextPageParam: (last) => last.next,
  });
  const first = query.data?.pages[0];
  const rows = query.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Page title={say("disputes.title")} detail={first?.counts.open} wide>
      <div className="flex flex-wrap items-end gap-3 pb-4">
        <div role="group" aria-label={say("disputes.state")} className="flex flex-wrap gap-1">
          {DISPUTE_STATES.map((each) => (
            <Button key={each} aria-pressed={state === each} kind={state === each ? "primary" : "plain"} onClick={() => choose({ client, state: each })}>
              {say(`disputes.states.${each}`)} {first && <span className="num">{first.counts[each]}</span>}
            </Button>
          ))}
        </div>
        <SelectField label={say("disputes.client")} value={client ?? ""} onChange={(event) => choose({ state, client: event.target.value || undefined })}>
          <option value="">{say("disputes.allClients")}</option>
          {client && !first?.clients.some((row) => row.client.id === client) && <option value={client}>{rows[0]?.client.name ?? "…"}</option>}
          {first?.clients.map((row) => (
            <option key={row.client.id} value={row.client.id}>
              {row.client.name} ({row.open})
            </option>
          ))}
        </SelectField>
      </div>
      <Asked query={query} isEmpty={() => rows.length === 0} empty={<Notice icon="check" title={say("disputes.none")} text={say("disputes.noneText")} />}>
        {() => <Rows rows={rows} open={search.dispute} onOpen={(row) => choose({ ...search, tenant: row.client.id, dispute: row.id })} />}
      </Asked>
      {query.hasNextPage && (
        <Button className="mt-3" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say("disputes.more")}
        </Button>
      )}
      {search.tenant && search.dispute ? (
        <DisputeView key={search.dispute} tenant={search.tenant} id={search.dispute} />
      ) : (
        rows.length > 0 && <Notice small icon="scales" title={say("disputes.choose")} />
      )}
    </Page>
  );
}

function Rows({ rows, open, onOpen }: { rows: DisputeHead[]; open?: string; onOpen: (row: DisputeHead) => void }) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("disputes.item") },
    { name: say("disputes.asked"), hideOnPhone: true },
    { name: say("disputes.month"), hideOnPhone: true },
    { name: say("disputes.state") },
    { name: say("disputes.term"), right: true, hideOnPhone: true },
  ];
  return (
    <Table columns={columns} label={say("disputes.title")}>
      {rows.map((row) => (
        <Line key={row.id} isOpen={row.id === open} onOpen={() => onOpen(row)}>
          <Cell>
            <button
              type="button"
              aria-pressed={row.id === open}
              className="flex items-center gap-2 rounded py-1 text-left"
              onClick={(event) => {
                event.stopPropagation();
                onOpen(row);
              }}
            >
              <ClientTile client={row.client} />
              <span>
                <span className="num block font-medium">{row.case_number}</span>
                <span className="block text-12 text-text-2">{row.clause_title}</span>
              </span>
            </button>
          </Cell>
          <Cell hideOnPhone>
            {say(`disputes.outcomes.${row.outcome}`)} → {say(`disputes.claims.${row.claim}`)}
          </Cell>
          <Cell hideOnPhone className="first-letter:uppercase">
            {asMonth(row.month, language)}
          </Cell>
          <Cell className={row.is_overdue ? "text-warn" : ""}>{say(`disputes.states.${row.is_overdue ? "overdue" : row.state}`)}</Cell>
          <Cell right hideOnPhone>
            <time dateTime={row.answered_at ?? row.answer_by}>{asInstant(row.answered_at ?? row.answer_by, language)}</time>
          </Cell>
        </Line>
      ))}
    </Table>
  );
}
