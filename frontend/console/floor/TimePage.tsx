import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { asTimer, dayKey } from "../../shared/time/words";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { dayAfter, seconds, weekOf } from "./days";
import { FloorFrame, SaveLink } from "./FloorFrame";

const route = getRouteApi("/inside/floor/time");
const time = (micros: number) => (micros === 0 ? "–" : asTimer(seconds(micros)));
const sum = (shares: readonly { kind: string; micros: number }[], ...kinds: string[]) =>
  shares.filter((share) => kinds.includes(share.kind)).reduce((total, share) => total + share.micros, 0);

/** What agents' time went to, for at most a week. */
export function TimePage() {
  const say = useWords();
  const { from, to, agent } = useRange();
  const query = useQuery({ queryKey: ["time", from, to], queryFn: () => api.timeSheet({ from, to }), placeholderData: keepPreviousData });
  return (
    <FloorFrame acts={<SaveLink href={api.timeCsv({ from, to, agent })}>{say("operator.export")}</SaveLink>}>
      <p className="max-w-2xl pb-3 text-13 text-text-2">{say("floor.timeText")}</p>
      <Choose />
      <Asked query={query} isEmpty={(found) => found.agents.length === 0} empty={<Notice icon="clock" title={say("floor.nobodyThen")} />}>
        {(found) => (
          <div className="flex flex-col gap-8 xl:flex-row">
            <section aria-label={say("floor.agents")} className="min-w-0 flex-1">
              <Agents rows={found.agents} />
            </section>
            <section aria-label={say("floor.byClient")} className="shrink-0 xl:w-80">
              <h2 className="pb-1 text-13 font-semibold">{say("floor.byClient")}</h2>
              <Clients rows={found.clients} />
            </section>
          </div>
        )}
      </Asked>
    </FloorFrame>
  );
}

/** Today, unless the address says otherwise; a range that turned round is its first day. */
function useRange() {
  const { from = dayKey(Date.now()), to: last, agent } = route.useSearch();
  const to = last && last >= from ? last : from;
  return { from, to, agent };
}

function Choose() {
  const say = useWords();
  const { from, to } = useRange();
  const navigate = route.useNavigate();
  const set = (change: api.Range) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const isWeek = from !== to;
  return (
    <div className="flex flex-wrap items-end gap-2 pb-4">
      <div className="w-40">
        <TextField type="date" label={say("operator.from")} value={from} onChange={(event) => event.target.value && set({ from: event.target.value, to: event.target.value })} />
      </div>
      <div className="w-40">
        <TextField type="date" label={say("operator.to")} value={to} min={from} max={dayAfter(from, 6)} onChange={(event) => set({ from, to: event.target.value || from })} />
      </div>
      <Button aria-pressed={!isWeek} onClick={() => set({ from, to: from })}>
        {say("floor.oneDay")}
      </Button>
      <Button aria-pressed={isWeek} onClick={() => set(weekOf(from))}>
        {say("floor.oneWeek")}
      </Button>
    </div>
  );
}

function Agents({ rows }: { rows: api.AgentTime[] }) {
  const say = useWords();
  const { agent } = useRange();
  const navigate = route.useNavigate();
  const toggle = (id: string) => void navigate({ search: (before) => ({ ...before, agent: agent === id ? undefined : id }), replace: true });
  const columns = [
    { name: say("floor.agent") },
    { name: say("floor.present"), right: true },
    { name: say("floor.kinds.work"), right: true },
    { name: say("floor.kinds.wrap_up"), right: true, hideOnPhone: true },
    { name: say("floor.kinds.idle"), right: true, hideOnPhone: true },
    { name: say("floor.kinds.busy"), right: true, hideOnPhone: true },
    { name: say("floor.paused"), right: true, hideOnPhone: true },
    { name: say("floor.kinds.not_responding"), right: true, hideOnPhone: true },
  ];
  return (
    <Table columns={columns} label={say("floor.tabs.time")}>
      {rows.flatMap((row) => {
        const isOpen = row.agent.id === agent;
        const line = (
          <Line key={row.agent.id} isOpen={isOpen} onOpen={() => toggle(row.agent.id)}>
            <Cell>
              <button type="button" aria-expanded={isOpen} className="flex items-center gap-1.5 font-medium" onClick={(event) => (event.stopPropagation(), toggle(row.agent.id))}>
                <Icon name={isOpen ? "down" : "right"} size={14} className="text-text-3" />
                {row.agent.name}
              </button>
            </Cell>
            <Cell right className="font-medium">
              {time(row.presence)}
            </Cell>
            <Cell right>{time(sum(row.shares, "work"))}</Cell>
            <Cell right hideOnPhone>
              {time(sum(row.shares, "wrap_up"))}
            </Cell>
            <Cell right hideOnPhone>
              {time(sum(row.shares, "idle"))}
            </Cell>
            <Cell right hideOnPhone>
              {time(sum(row.shares, "busy"))}
            </Cell>
            <Cell right hideOnPhone>
              {time(sum(row.shares, "break", "training"))}
            </Cell>
            <Cell right hideOnPhone>
              {time(sum(row.shares, "not_responding"))}
            </Cell>
          </Line>
        );
        if (!isOpen) return [line];
        return [
          line,
          <tr key={`${row.agent.id} parts`} className="border-b border-line bg-surface-2">
            <td colSpan={columns.length} className="px-2 py-3 md:px-6">
              <Parts row={row} />
            </td>
          </tr>,
        ];
      })}
    </Table>
  );
}

/** What an agent's figures are made of: the shares by reason, the clients, each work item. */
function Parts({ row }: { row: api.AgentTime }) {
  const say = useWords();
  const { from, to } = useRange();
  const query = useQuery({ queryKey: ["time", from, to, row.agent.id], queryFn: () => api.agentTime(row.agent.id, { from, to }) });
  return (
    <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[16rem_16rem_1fr]">
      <dl className="num grid h-fit grid-cols-[1fr_auto] gap-x-4 gap-y-1 text-13">
        {row.shares.map((share) => (
          <div key={`${share.kind} ${share.reason}`} className="contents">
            <dt className="text-text-2">
              {kindWord(share.kind, say)}
              {share.reason_name && ` · ${share.reason_name}`}
            </dt>
            <dd className="text-right">{time(share.micros)}</dd>
          </div>
        ))}
        <dt className="border-t border-line pt-1 font-medium">{say("floor.present")}</dt>
        <dd className="border-t border-line pt-1 text-right font-medium">{time(row.presence)}</dd>
      </dl>
      <Clients rows={row.clients} />
      <Asked query={query} small rows={3} isEmpty={(found) => found.items.length === 0} empty={<Notice small title={say("floor.noItems")} />}>
        {(found) => <Items rows={found.items} />}
      </Asked>
    </div>
  );
}

const KINDS = ["work", "wrap_up", "idle", "busy", "break", "training", "not_responding"] as const;

function kindWord(kind: string, say: ReturnType<typeof useWords>): string {
  const known = KINDS.find((each) => each === kind);
  return known ? say(`floor.kinds.${known}`) : kind;
}

function Clients({ rows }: { rows: api.ClientTime[] }) {
  const say = useWords();
  if (rows.length === 0) return <p className="text-13 text-text-3">{say("floor.noClientTime")}</p>;
  const columns = [{ name: say("floor.columns.client") }, { name: say("floor.kinds.work"), right: true }, { name: say("floor.kinds.wrap_up"), right: true }];
  return (
    <Table columns={columns} label={say("floor.byClient")}>
      {rows.map((row) => (
        <Line key={row.client?.id ?? ""}>
          <Cell>
            {row.client ? (
              <span className="flex items-center gap-2">
                <ClientTile client={row.client} />
                <span className="truncate">{row.client.name}</span>
              </span>
            ) : (
              <span className="text-text-3">{say("floor.otherClients")}</span>
            )}
          </Cell>
          <Cell right>{time(row.work)}</Cell>
          <Cell right>{time(row.wrap_up)}</Cell>
        </Line>
      ))}
    </Table>
  );
}

const SHOWN = 50;

function Items({ rows }: { rows: api.ItemTime[] }) {
  const say = useWords();
  const columns = [
    { name: say("floor.conversation") },
    { name: say("floor.kinds.work"), right: true },
    { name: say("floor.kinds.wrap_up"), right: true },
  ];
  return (
    <div>
      <Table columns={columns} label={say("floor.conversation")}>
        {rows.slice(0, SHOWN).map((row) => (
          <Line key={row.work}>
            <Cell>
              <Link
                to="/c/$tenant/$conversation"
                params={{ tenant: row.client.id, conversation: row.conversation }}
                className="flex items-center gap-2 underline-offset-2 hover:underline"
              >
                <ClientTile client={row.client} />
                {channelWord(row.channel, say)} · <span className="num text-text-3">{row.work.slice(-6)}</span>
              </Link>
            </Cell>
            <Cell right>{time(row.worked)}</Cell>
            <Cell right>{time(row.wrapped_up)}</Cell>
          </Line>
        ))}
      </Table>
      {rows.length > SHOWN && <p className="pt-2 text-12 text-text-3">{say("floor.moreItems", { count: rows.length - SHOWN })}</p>}
    </div>
  );
}
