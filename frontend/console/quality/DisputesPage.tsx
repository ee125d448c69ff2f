import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { OpenDispute } from "../../shared/model";
import { useWords } from "../words/load";
import * as api from "./api";
import { QualityFrame } from "./QualityFrame";

/** Disputes of evaluations that wait for a decision, the oldest first. */
export function DisputesPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["evaluation-disputes"], queryFn: api.openDisputes, staleTime: 0 });
  return (
    <QualityFrame title={say("quality.tabs.disputes")} detail={query.data?.length}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="scales" title={say("quality.noDisputes")} text={say("quality.noDisputesText")} />}>
        {(rows) => <Rows rows={rows} />}
      </Asked>
    </QualityFrame>
  );
}

function Rows({ rows }: { rows: OpenDispute[] }) {
  const say = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const columns = [
    { name: say("quality.columns.case") },
    { name: say("quality.columns.agent") },
    { name: say("quality.dispute"), hideOnPhone: true },
    { name: say("quality.columns.finished"), right: true, hideOnPhone: true },
    { name: say("quality.columns.score"), right: true },
  ];
  return (
    <Table columns={columns} label={say("quality.tabs.disputes")}>
      {rows.map(({ evaluation, ...row }) => {
        const search = { tenant: evaluation.tenant.id, evaluation: evaluation.id };
        return (
          <Line key={row.id} onOpen={() => void navigate({ to: "/evaluations", search })}>
            <Cell>
              <Link to="/evaluations" search={search} className="flex items-center gap-2 font-medium hover:underline" onClick={(event) => event.stopPropagation()}>
                <ClientTile client={evaluation.tenant} />
                {evaluation.case_number}
              </Link>
            </Cell>
            <Cell>{evaluation.agent.name}</Cell>
            <Cell hideOnPhone>
              {say(`quality.sides.${row.side}`)} · {say("quality.disputedQuestions", { count: row.questions })}
              {!row.may_decide && <span className="block text-12 text-text-2">{say("quality.notYours")}</span>}
            </Cell>
            <Cell right hideOnPhone>
              <When at={row.raised_at} />
            </Cell>
            <Cell right>{api.asScore(evaluation.percent, language)}</Cell>
          </Line>
        );
      })}
    </Table>
  );
}
