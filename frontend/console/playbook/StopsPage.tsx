import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useWords } from "../words/load";
import * as api from "./api";
import { PlaybookFrame } from "./PlaybookFrame";

/** What the brand guard stopped, and what was sent because it was no mistake. */
export function StopsPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["brand-stops"], queryFn: api.stops, staleTime: 0 });
  return (
    <PlaybookFrame>
      <p className="max-w-2xl pb-4 text-13 text-text-2">{say("playbook.guard.text")}</p>
      <Asked query={query} isEmpty={({ rows }) => rows.length === 0} empty={<Notice icon="check" title={say("playbook.guard.none")} text={say("playbook.guard.noneText")} />}>
        {(found) => (
          <>
            <p className="num pb-4 text-15 font-medium">
              {say("playbook.guard.stopped", { count: found.stopped })} · {say("playbook.guard.sent", { count: found.sent_anyway })}
            </p>
            <h2 className="pb-1 text-13 font-semibold">{say("playbook.guard.byAgent")}</h2>
            <div className="max-w-xl pb-6">
              <Table label={say("playbook.guard.byAgent")} columns={[{ name: say("playbook.guard.agent") }, { name: say("playbook.guard.stoppedHead"), right: true }, { name: say("playbook.guard.sentHead"), right: true }]}>
                {found.agents.map((agent) => (
                  <Line key={agent.id}>
                    <Cell>{agent.name}</Cell>
                    <Cell right>{agent.stopped}</Cell>
                    <Cell right>{agent.sent_anyway}</Cell>
                  </Line>
                ))}
              </Table>
            </div>
            <h2 className="pb-1 text-13 font-semibold">{say("playbook.guard.cases")}</h2>
            <Rows rows={found.rows} />
          </>
        )}
      </Asked>
    </PlaybookFrame>
  );
}

function Rows({ rows }: { rows: api.BrandStop[] }) {
  const say = useWords();
  const columns = [
    { name: say("playbook.client") },
    { name: say("playbook.guard.agent") },
    { name: say("playbook.guard.what") },
    { name: say("playbook.guard.other"), hideOnPhone: true },
    { name: say("playbook.guard.outcome"), hideOnPhone: true },
    { name: say("playbook.guard.when"), hideOnPhone: true },
    { name: say("playbook.guard.open"), silent: true },
  ];
  return (
    <Table label={say("playbook.guard.cases")} columns={columns}>
      {rows.map((row, place) => (
        <Line key={place}>
          <Cell>
            <ClientTile client={row.client} /> <span className="max-md:hidden">{row.client.name}</span>
          </Cell>
          <Cell>{row.agent}</Cell>
          <Cell>{row.kinds.map((kind) => say(`playbook.brand.kinds.${kind}`)).join(", ")}</Cell>
          <Cell hideOnPhone>{row.named.map((each) => each.name).join(", ") || say("playbook.guard.otherHidden")}</Cell>
          <Cell hideOnPhone>
            {say(`playbook.guard.outcomes.${row.outcome}`)}
            {row.why && <span className="block text-12 text-text-2">{say(`playbook.brand.reasons.${row.why}`)}</span>}
          </Cell>
          <Cell hideOnPhone>
            <When at={row.at} />
          </Cell>
          <Cell right>
            <Link to="/c/$tenant/$conversation" params={{ tenant: row.client.id, conversation: row.conversation }} className="underline underline-offset-2">
              {say("playbook.guard.open")}
            </Link>
          </Cell>
        </Line>
      ))}
    </Table>
  );
}
