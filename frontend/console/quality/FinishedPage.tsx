import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { ClockFace } from "../../shared/components/ClockFace";
import { SelectField, TextField } from "../../shared/components/Field";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { Finished } from "../../shared/model";
import { asLeft } from "../../shared/time/words";
import * as floorApi from "../floor/api";
import type { Filters } from "../routes/quality";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { QualityFrame } from "./QualityFrame";
import { TopicFilters } from "./TopicFilters";

const route = getRouteApi("/inside/finished");
const ANSWERS: Record<string, boolean> = { true: true, false: false };

export function FinishedPage() {
  const say = useWords();
  const filters = route.useSearch();
  const query = useInfiniteQuery({
    queryKey: ["finished", filters],
    queryFn: ({ pageParam }) => api.finished({ ...filters, evaluated: ANSWERS[filters.evaluated ?? ""] }, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.results);
  return (
    <QualityFrame title={say("quality.finished")}>
      <FilterLine filters={filters} />
      <TopicFilters filters={filters} />
      {!rows && (query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : <Skeleton rows={10} />)}
      {rows?.length === 0 && <Notice icon="finished" title={say("quality.none")} text={say("quality.noneText")} />}
      {rows && rows.length > 0 && <Rows rows={rows} />}
      {query.hasNextPage && (
        <div className="py-4">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {say("quality.more")}
          </Button>
        </div>
      )}
    </QualityFrame>
  );
}

function FilterLine({ filters }: { filters: Filters }) {
  const say = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const floor = useQuery({ queryKey: ["floor"], queryFn: floorApi.floor, staleTime: 60_000 });
  const set = (change: Filters) => {
    const given = Object.entries({ ...filters, ...change }).filter(([, value]) => value);
    void navigate({ to: "/finished", search: Object.fromEntries(given) as Filters });
  };
  const any = <option value="">{say("quality.any")}</option>;
  return (
    <div className="mb-4 grid grid-cols-2 gap-2 sm:grid-cols-5">
      <SelectField label={say("quality.client")} value={filters.tenant ?? ""} onChange={(event) => set({ tenant: event.target.value, reason: "", tag: "" })}>
        {any}
        {me.clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("quality.agent")} value={filters.agent ?? ""} onChange={(event) => set({ agent: event.target.value })}>
        {any}
        {floor.data?.agents.map((agent) => (
          <option key={agent.id} value={agent.id}>
            {agent.name}
          </option>
        ))}
      </SelectField>
      <TextField type="date" label={say("quality.from")} value={filters.from ?? ""} onChange={(event) => set({ from: event.target.value })} />
      <TextField type="date" label={say("quality.to")} value={filters.to ?? ""} onChange={(event) => set({ to: event.target.value })} />
      <SelectField label={say("quality.state")} value={filters.evaluated ?? ""} onChange={(event) => set({ evaluated: event.target.value })}>
        {any}
        <option value="true">{say("quality.evaluated")}</option>
        <option value="false">{say("quality.notEvaluated")}</option>
      </SelectField>
    </div>
  );
}

function Rows({ rows }: { rows: Finished[] }) {
  const say = useWords();
  const columns = [
    { name: say("quality.columns.case") },
    { name: say("quality.columns.agent") },
    { name: say("quality.columns.reason"), hideOnPhone: true },
    { name: say("quality.columns.promises"), hideOnPhone: true },
    { name: say("quality.columns.handled"), right: true, hideOnPhone: true },
    { name: say("quality.columns.finished"), right: true, hideOnPhone: true },
    { name: say("quality.columns.score"), right: true },
  ];
  return (
    <Table columns={columns} label={say("quality.finished")}>
      {rows.map((row) => (
        <FinishedLine key={row.work} row={row} />
      ))}
    </Table>
  );
}

function FinishedLine({ row }: { row: Finished }) {
  const language = useLanguage();
  const navigate = useNavigate();
  const mayEvaluate = has(useMe(), "supervisor");
  const params = { tenant: row.tenant.id, conversation: row.conversation };
  const open = () =>
    mayEvaluate && !row.evaluation
      ? navigate({ to: "/evaluate/$tenant/$conversation/$work", params: { ...params, work: row.work } })
      : navigate({ to: "/c/$tenant/$conversation", params });
  return (
    <Line onOpen={() => void open()}>
      <Cell>
        <span className="flex items-center gap-2">
          <ClientTile client={row.tenant} />
          <Link to="/c/$tenant/$conversation" params={params} onClick={(event) => event.stopPropagation()} className="font-medium hover:underline">
            {row.case_number}
          </Link>
          <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
          <span className="text-12 text-text-3 uppercase">{row.language}</span>
        </span>
      </Cell>
      <Cell>{row.agent?.name}</Cell>
      <Cell hideOnPhone>{row.contact_reason_label}</Cell>
      <Cell hideOnPhone>
        <span className="flex gap-3">
          {row.clocks.map((clock) => (
            <ClockFace key={clock.metric + clock.started_at} clock={clock} named />
          ))}
        </span>
      </Cell>
      <Cell right hideOnPhone>
        {row.handle_seconds !== null && asLeft(row.handle_seconds)}
      </Cell>
      <Cell right hideOnPhone>
        <When at={row.finished_at} />
      </Cell>
      <Cell right>
        <Score row={row} params={params} mayEvaluate={mayEvaluate} language={language} />
      </Cell>
    </Line>
  );
}

interface ScoreProps {
  row: Finished;
  params: { tenant: string; conversation: string };
  mayEvaluate: boolean;
  language: string;
}

function Score({ row, params, mayEvaluate, language }: ScoreProps) {
  const say = useWords();
  if (row.evaluation)
    return (
      <Link to="/evaluations" search={{ tenant: row.tenant.id, evaluation: row.evaluation.id }} onClick={(event) => event.stopPropagation()} className="font-semibold hover:underline">
        {api.asScore(row.evaluation.percent, language)}
      </Link>
    );
  if (!mayEvaluate) return "–";
  return (
    <Link to="/evaluate/$tenant/$conversation/$work" params={{ ...params, work: row.work }} onClick={(event) => event.stopPropagation()} className="text-accent hover:underline">
      {say("quality.evaluate")}
    </Link>
  );
}
