import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Dialog } from "../../shared/components/Dialog";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { FloorAgent, FloorQueue, FloorWaiting } from "../../shared/model-floor";
import { useNow } from "../../shared/time/now";
import { asLeft, languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { StateMark } from "../desk/StateMenu";
import { useWords } from "../words/load";
import { assign } from "./api";

interface Props {
  waiting: FloorWaiting[];
  agents: FloorAgent[];
  queue: FloorQueue | undefined;
}

const CHATS = ["webchat"];

/** Whether it waits in this queue: of the same client, and of the queue's kind of channel. */
export function belongs(row: FloorWaiting, queue: FloorQueue): boolean {
  const group = CHATS.includes(row.channel) ? "chat" : "mail";
  return row.tenant.id === queue.tenant.id && group === queue.queue.channel_group;
}

/** Who waits, longest first, and how many agents could take each. */
export function WaitingList({ waiting, agents, queue }: Props) {
  const say = useWords();
  const language = useLanguage();
  const [assigning, setAssigning] = useState<FloorWaiting | null>(null);
  const shown = (queue ? waiting.filter((row) => belongs(row, queue)) : waiting).toSorted((a, b) => b.waited_seconds - a.waited_seconds);
  const columns = [
    { name: say("floor.columns.client") },
    { name: say("floor.columns.language") },
    { name: say("floor.columns.waited"), right: true },
    { name: say("floor.columns.due"), right: true },
    { name: say("floor.columns.able"), right: true },
    { name: say("floor.columns.act"), right: true, silent: true },
  ];
  return (
    <section id="waiting" aria-label={say("floor.waiting")}>
      <header className="flex items-center gap-3 pb-1">
        <h2 className="text-13 font-semibold">
          {say("floor.waiting")} <span className="num font-normal text-text-3">{shown.length}</span>
        </h2>
        {queue && (
          <Link to="/floor" search={{}} className="text-12 text-accent hover:underline">
            {queue.tenant.name} · {say("floor.all")}
          </Link>
        )}
      </header>
      {shown.length === 0 ? (
        <div className="border-t border-line">
          <Notice small icon="check" title={say(queue ? "floor.noWaitingHere" : "floor.noWaiting")} />
        </div>
      ) : (
        <Table columns={columns} label={say("floor.waiting")}>
          {shown.map((row) => (
            <Line key={row.work}>
              <Cell>
                <span className="flex items-center gap-2">
                  <ClientTile client={row.tenant} />
                  <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
                  <Link to="/c/$tenant/$conversation" params={{ tenant: row.tenant.id, conversation: row.conversation }} className="hover:underline">
                    {row.tenant.name}
                  </Link>
                </span>
              </Cell>
              <Cell>{languageName(row.language, language)}</Cell>
              <Cell right>{asLeft(row.waited_seconds)}</Cell>
              <Cell right>{row.due_at && <Due at={row.due_at} />}</Cell>
              <Cell right className={row.able_agents === 0 ? "text-risk" : ""}>
                {row.able_agents === 0 ? say("floor.nobody") : say("floor.able", { count: row.able_agents })}
              </Cell>
              <Cell right>
                <Button small onClick={() => setAssigning(row)}>
                  {say("floor.assign")}
                </Button>
              </Cell>
            </Line>
          ))}
        </Table>
      )}
      {assigning && <AssignDialog row={assigning} agents={agents} onDone={() => setAssigning(null)} />}
    </section>
  );
}

function Due({ at }: { at: string }) {
  const left = (Date.parse(at) - useNow()) / 1000;
  return <span className={left < 0 ? "text-risk" : ""}>{left < 0 ? `−${asLeft(-left)}` : asLeft(left)}</span>;
}

function AssignDialog({ row, agents, onDone }: { row: FloorWaiting; agents: FloorAgent[]; onDone: () => void }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const speaks = (agent: FloorAgent) => agent.languages.some((each) => each.code === row.language);
  const fitting = agents.filter((agent) => agent.status !== "offline").toSorted((a, b) => Number(speaks(b)) - Number(speaks(a)) || a.load - b.load);
  const pick = async (agent: FloorAgent) => {
    const done = await attempt(() => assign(row.work, agent.id).then(() => true));
    if (!done) return;
    toast(say("floor.assigned", { name: agent.name }));
    onDone();
    await client.invalidateQueries({ queryKey: ["floor"] });
  };
  return (
    <Dialog open onClose={onDone} title={say("floor.assignTitle")} text={say("floor.assignText")}>
      {fitting.length === 0 && <Notice small icon="people" title={say("floor.noAgents")} />}
      <ul className="-mx-2 pb-3">
        {fitting.map((agent) => (
          <li key={agent.id}>
            <button type="button" onClick={() => void pick(agent)} className="flex h-9 w-full items-center gap-2.5 rounded-sm px-2 text-left hover:bg-surface-3">
              <StateMark status={agent.status} />
              <span className="flex-1 truncate">{agent.name}</span>
              <span className="text-12 text-text-3">{agent.languages.map((each) => each.code).join(" ")}</span>
              <span className="num text-12 text-text-2">
                {agent.load}/{agent.capacity}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
