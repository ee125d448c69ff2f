import { Link } from "@tanstack/react-router";

import { metricWords } from "../../shared/components/ClockFace";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { useShared } from "../../shared/i18n/use";
import type { FloorQueue, FloorRisk } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asLeft } from "../../shared/time/words";
import { useWords } from "../words/load";
import { WhoseConversation } from "./WhoseConversation";
import { Due } from "./WaitingList";

interface Props {
  risks: FloorRisk[];
  queue: FloorQueue | undefined;
}

/** Whether it is one of this queue's: of the same client and kind of channel. */
export function isOf(row: FloorRisk, queue: FloorQueue): boolean {
  return row.tenant.id === queue.tenant.id && row.channel_group === queue.queue.channel_group;
}

/** Promises that are broken and still owed, then those that soon will be; each opens its conversation. */
export function RiskList({ risks, queue }: Props) {
  const say = useWords();
  const shared = useShared();
  const shown = queue ? risks.filter((row) => isOf(row, queue)) : risks;
  const columns = [
    { name: say("floor.columns.client") },
    { name: say("floor.columns.promise") },
    { name: say("floor.columns.state") },
    { name: say("floor.columns.due"), right: true },
    { name: say("floor.columns.agent"), right: true },
  ];
  return (
    <section id="risks" aria-label={say("floor.risks")}>
      <header className="flex items-center gap-3 pb-1">
        <h2 className="text-13 font-semibold">
          {say("floor.risks")} <span className="num font-normal text-text-3">{shown.length}</span>
        </h2>
        {queue && (
          <Link to="/floor" search={{}} className="text-12 text-accent hover:underline">
            {queue.tenant.name} · {say("floor.all")}
          </Link>
        )}
      </header>
      {shown.length === 0 ? (
        <div className="border-t border-line">
          <Notice small icon="check" title={say("floor.noRisks")} />
        </div>
      ) : (
        <Table columns={columns} label={say("floor.risks")}>
          {shown.map((row) => (
            <Line key={row.conversation}>
              <Cell>
                <WhoseConversation row={row} />
              </Cell>
              <Cell>{metricWords(row.metric, shared)}</Cell>
              <Cell className={cx(row.event === "breach" ? "text-risk" : "text-warn")}>
                {say(`floor.event.${row.event}`)}
                {row.expected_at && <Expected at={row.expected_at} />}
              </Cell>
              <Cell right>{row.due_at && <Due at={row.due_at} />}</Cell>
              <Cell right className={row.agent ? "" : "text-text-3"}>
                {row.agent || say("floor.nobody")}
              </Cell>
            </Line>
          ))}
        </Table>
      )}
    </section>
  );
}

/** Why a promise that has time left is at risk: the queue gets to it too late. */
function Expected({ at }: { at: string }) {
  const say = useWords();
  const left = Math.max(0, (Date.parse(at) - useNow()) / 1000);
  return <span className="text-text-3"> · {say("floor.expected", { left: asLeft(left) })}</span>;
}
