import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import type { ToEvaluate } from "../../shared/model";
import { wordOr } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { QualityFrame } from "./QualityFrame";

const RULES = ["breach", "reopened", "long_in_hand", "first_month"] as const;

/** What this evaluator was given, the longest waiting first; Enter opens the first. */
export function ToEvaluatePage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["to-evaluate"], queryFn: api.toEvaluate, staleTime: 0 });
  return (
    <QualityFrame title={say("quality.tabs.toEvaluate")} detail={query.data?.length}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="check" title={say("quality.nothingToDo")} text={say("quality.nothingToDoText")} />}>
        {(rows) => <Rows rows={rows} />}
      </Asked>
    </QualityFrame>
  );
}

function Rows({ rows }: { rows: ToEvaluate[] }) {
  const say = useWords();
  const navigate = useNavigate();
  const first = rows[0]!.id;
  useEffect(() => document.getElementById(`pick-${first}`)?.focus(), [first]);
  const columns = [
    { name: say("quality.columns.case") },
    { name: say("quality.columns.agent") },
    { name: say("quality.why"), hideOnPhone: true },
    { name: say("quality.columns.finished"), right: true, hideOnPhone: true },
    { name: say("quality.waitingSince"), right: true },
  ];
  return (
    <Table columns={columns} label={say("quality.tabs.toEvaluate")}>
      {rows.map((row) => {
        const params = { tenant: row.tenant.id, conversation: row.conversation, work: row.work_item };
        return (
          <Line key={row.id} onOpen={() => void navigate({ to: "/evaluate/$tenant/$conversation/$work", params })}>
            <Cell>
              <span className="flex items-center gap-2">
                <ClientTile client={row.tenant} />
                <Link id={`pick-${row.id}`} to="/evaluate/$tenant/$conversation/$work" params={params} className="font-medium hover:underline" onClick={(event) => event.stopPropagation()}>
                  {row.case_number}
                </Link>
                <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
                <span className="text-12 text-text-3 uppercase">{row.language}</span>
              </span>
            </Cell>
            <Cell>{row.agent.name}</Cell>
            <Cell hideOnPhone>
              {say(`quality.origins.${row.origin}`)}
              {row.rule && `: ${wordOr(RULES, row.rule, (rule) => say(`quality.rules.${rule}`))}`}
              <span className="block text-12 text-text-3">{row.plan}</span>
            </Cell>
            <Cell right hideOnPhone>
              {row.finished_at && <When at={row.finished_at} />}
            </Cell>
            <Cell right>
              <When at={row.picked_at} />
            </Cell>
          </Line>
        );
      })}
    </Table>
  );
}
