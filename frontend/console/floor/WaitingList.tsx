import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { AssignTarget, FloorQueue, FloorWaiting } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asLeft, languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { StateMark } from "../desk/StateMenu";
import { useWords } from "../words/load";
import { WhoseConversation } from "./WhoseConversation";
import { assign, candidates } from "./api";

interface Props {
  waiting: FloorWaiting[];
  queue: FloorQueue | undefined;
}

const CHATS = ["webchat"];

/** Whether it waits in this queue: of the same client, and of the queue's kind of channel. */
export function belongs(row: FloorWaiting, queue: FloorQueue): boolean {
  const group = CHATS.includes(row.channel) ? "chat" : "mail";
  return row.tenant.id === queue.tenant.id && group === queue.queue.channel_group;
}

/** Who waits, longest first, and how many agents could take each. */
export function WaitingList({ waiting, queue }: Props) {
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
                <WhoseConversation row={row} />
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
      {assigning && <AssignDialog row={assigning} onDone={() => setAssigning(null)} />}
    </section>
  );
}

export function Due({ at }: { at: string }) {
  const left = (Date.parse(at) - useNow()) / 1000;
  return <span className={left < 0 ? "text-risk" : ""}>{left < 0 ? `−${asLeft(-left)}` : asLeft(left)}</span>;
}

function AssignDialog({ row, onDone }: { row: FloorWaiting; onDone: () => void }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const query = useQuery({ queryKey: ["candidates", row.work], queryFn: () => candidates(row.work), staleTime: 0, gcTime: 0 });
  const pick = async (agent: AssignTarget) => {
    const done = await attempt(() => assign(row.work, agent.id).then(() => true));
    if (!done) return void query.refetch();
    toast(say("floor.assigned", { name: agent.name }));
    onDone();
    await client.invalidateQueries({ queryKey: ["floor"] });
  };
  const none = <Notice small icon="people" title={say("floor.noAgents")} />;
  return (
    <Dialog open onClose={onDone} title={say("floor.assignTitle")} text={say("floor.assignText", { client: row.tenant.name })}>
      <Asked query={query} rows={4} small isEmpty={(agents) => agents.length === 0} empty={none}>
        {(agents) => (
          <>
            {agents.every((agent) => agent.against.length > 0) && <p className="pb-2 text-risk">{say("floor.nobodyCan")}</p>}
            <ul className="-mx-2 pb-3">
              {agents.map((agent) => (
                <Candidate key={agent.id} agent={agent} onPick={() => void pick(agent)} />
              ))}
            </ul>
          </>
        )}
      </Asked>
    </Dialog>
  );
}

/** Somebody who can take it, to be picked; or why not. */
function Candidate({ agent, onPick }: { agent: AssignTarget; onPick: () => void }) {
  const say = useWords();
  const isAble = agent.against.length === 0;
  const why = agent.against.map((code) => say(`floor.against.${code}`)).join(" · ");
  return (
    <li>
      <button type="button" disabled={!isAble} onClick={onPick} className="flex min-h-9 w-full items-center gap-2.5 rounded-sm px-2 py-1 text-left enabled:hover:bg-surface-3">
        <StateMark status={agent.status} />
        <span className="min-w-0 flex-1">
          <span className={cx("block truncate", !isAble && "text-text-2")}>{agent.name}</span>
          {why && <span className="block text-12 text-text-3">{why}</span>}
        </span>
        <span className="text-12 text-text-3">{agent.languages.join(" ")}</span>
        <span className="num text-12 text-text-2">
          {agent.load}/{agent.capacity}
        </span>
      </button>
    </li>
  );
}
