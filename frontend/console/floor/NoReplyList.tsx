import { useQuery } from "@tanstack/react-query";

import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asPercent } from "../../shared/figures";
import { useWords } from "../words/load";
import * as api from "./api";

/** Who says how often that no reply is needed, by client: it takes promises out of the count. */
export function NoReplyList() {
  const say = useWords();
  const language = useLanguage();
  const query = useQuery({ queryKey: ["no-reply"], queryFn: api.noReply, staleTime: 60_000 });
  const columns = [
    { name: say("floor.columns.agent") },
    { name: say("floor.columns.client") },
    { name: say("floor.columns.marked"), right: true },
    { name: say("floor.columns.answered"), right: true },
    { name: say("floor.columns.share"), right: true },
  ];
  const none = <Notice small icon="check" title={say("floor.noReplyNone")} />;
  return (
    <section aria-label={say("floor.noReply")}>
      <h2 className="pb-1 text-13 font-semibold">{say("floor.noReply")}</h2>
      <Asked query={query} rows={2} small isEmpty={({ rates }) => rates.length === 0} empty={none}>
        {({ rates }) => (
          <Table columns={columns} label={say("floor.noReply")}>
            {rates.map((row) => (
              <Line key={row.agent + row.tenant.id}>
                <Cell>{row.agent}</Cell>
                <Cell>
                  <span className="flex items-center gap-2">
                    <ClientTile client={row.tenant} />
                    {row.tenant.name}
                  </span>
                </Cell>
                <Cell right>{row.marked}</Cell>
                <Cell right>{row.answered}</Cell>
                <Cell right>{asPercent(row.share, language, undefined, 1)}</Cell>
              </Line>
            ))}
          </Table>
        )}
      </Asked>
    </section>
  );
}
