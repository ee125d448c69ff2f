import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { PeopleFrame } from "./PeopleFrame";
import { GraveDialog } from "./PersonActs";

/** Links to a password that nobody used yet: sent again, or worth nothing from now on. */
export function InvitationsPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["people", "invitations"], queryFn: api.invitations });
  const columns = [
    { name: say("operator.name") },
    { name: say("people.purpose"), hideOnPhone: true },
    { name: say("people.sent"), hideOnPhone: true },
    { name: say("people.works") },
    { name: say("operator.act"), silent: true },
  ];
  return (
    <PeopleFrame detail={query.data?.length}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="mail" title={say("people.noInvitations")} text={say("people.noInvitationsText")} />}>
        {(rows) => (
          <Table columns={columns} label={say("people.tabs.invitations")}>
            {rows.map((row) => (
              <Row key={row.person.id} row={row} />
            ))}
          </Table>
        )}
      </Asked>
    </PeopleFrame>
  );
}

function Row({ row }: { row: api.Invitation }) {
  const say = useWords();
  const language = useLanguage();
  const { run, isBusy } = useAct();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <Line>
      <Cell className="max-w-60">
        <Link to="/people/$person" params={{ person: row.person.id }} className="block truncate font-medium underline-offset-2 hover:underline">
          {row.person.name}
        </Link>
        <span className="block truncate text-12 text-text-3">{row.email}</span>
      </Cell>
      <Cell hideOnPhone>
        {say(`people.purposes.${row.purpose}`)}
        {row.made_by && <span className="text-text-3"> · {say("people.by", { name: row.made_by.name })}</span>}
      </Cell>
      <Cell hideOnPhone>{row.posted_at ? <When at={row.posted_at} /> : <span className="text-warn">{say("people.notPosted")}</span>}</Cell>
      <Cell>{row.is_over ? <span className="text-risk">{say("people.ranOut")}</span> : <span className="num">{asInstant(row.expires_at, language)}</span>}</Cell>
      <Cell right>
        <span className="flex justify-end gap-2 max-md:flex-col max-md:py-1">
          <Button small disabled={isBusy} onClick={() => void run(() => api.sendLink(row.person.id), say("operator.linkOut"))}>
            {say("people.resend")}
          </Button>
          <Button small onClick={() => setIsAsking(true)}>
            {say("people.withdrawLink")}…
          </Button>
        </span>
        <GraveDialog grave={isAsking ? "revoke" : null} person={row.person} onClose={() => setIsAsking(false)} />
      </Cell>
    </Line>
  );
}
