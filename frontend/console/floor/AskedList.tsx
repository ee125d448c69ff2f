import { useQuery } from "@tanstack/react-query";

import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useWords } from "../words/load";
import * as api from "./api";
import { Due } from "./WaitingList";
import { WhoseConversation } from "./WhoseConversation";

/** What clients are asked now: their own clocks, overdue ones first. */
export function AskedList() {
  const say = useWords();
  const query = useQuery({ queryKey: ["floor", "asked"], queryFn: api.askedClients, refetchInterval: 30_000 });
  const columns = [
    { name: say("floor.columns.client") },
    { name: say("floor.columns.asked") },
    { name: say("floor.columns.state") },
    { name: say("floor.columns.due"), right: true },
    { name: say("floor.columns.agent"), right: true },
  ];
  const none = <Notice small icon="check" title={say("floor.askedNone")} />;
  return (
    <section aria-label={say("floor.asked")}>
      <h2 className="pb-1 text-13 font-semibold">
        {say("floor.asked")} <span className="num font-normal text-text-3">{query.data?.rows.length}</span>
      </h2>
      <Asked query={query} rows={2} small isEmpty={({ rows }) => rows.length === 0} empty={none}>
        {({ rows }) => (
          <Table columns={columns} label={say("floor.asked")}>
            {rows.map((row) => (
              <Line key={row.conversation}>
                <Cell>
                  <WhoseConversation row={row} />
                </Cell>
                <Cell>
                  <When at={row.asked_at} />
                </Cell>
                <Cell className={cx(row.is_overdue && "font-semibold text-risk")}>{say(row.is_overdue ? "floor.askedLate" : "floor.askedWaits")}</Cell>
                <Cell right>{row.due_at && <Due at={row.due_at} />}</Cell>
                <Cell right className={row.agent ? "" : "text-text-3"}>
                  {row.agent || say("floor.nobody")}
                </Cell>
              </Line>
            ))}
          </Table>
        )}
      </Asked>
    </section>
  );
}
