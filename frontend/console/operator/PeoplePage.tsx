import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import type { Person } from "../../shared/model";
import { wordOr } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { PersonActs } from "./PersonActs";

const ROLES = ["agent", "supervisor", "operator", "client", "viewer"] as const;

export function PeoplePage() {
  const say = useWords();
  const [words, setWords] = useState("");
  const query = useQuery({ queryKey: ["people"], queryFn: api.people });
  const find = (
    <input
      type="search"
      aria-label={say("operator.find")}
      placeholder={say("operator.find")}
      value={words}
      onChange={(event) => setWords(event.target.value)}
      className="h-8 w-60 rounded border border-line-strong bg-surface-1 px-2.5"
    />
  );
  return (
    <Page title={say("operator.people")} detail={query.data?.length} acts={find}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="people" title={say("operator.noPeople")} />}>
        {(people) => <Rows people={people.filter((person) => `${person.name} ${person.email}`.toLowerCase().includes(words.toLowerCase()))} />}
      </Asked>
    </Page>
  );
}

function Rows({ people }: { people: Person[] }) {
  const say = useWords();
  if (people.length === 0) return <Notice icon="search" title={say("operator.nobodyFound")} />;
  const columns = [
    { name: say("operator.name") },
    { name: say("operator.role") },
    { name: say("operator.speaks"), hideOnPhone: true },
    { name: say("operator.serves"), hideOnPhone: true },
    { name: say("operator.state"), hideOnPhone: true },
    { name: say("operator.act"), silent: true },
  ];
  return (
    <Table columns={columns} label={say("operator.people")}>
      {people.map((person) => (
        <Line key={person.id}>
          <Cell className={cx(!person.is_active && "text-text-3")}>
            <span className="font-medium">{person.name}</span>
            <span className="text-text-3"> · {person.email}</span>
            {!person.is_active && ` · ${say("operator.inactive")}`}
          </Cell>
          <Cell>{person.roles.map((role) => wordOr(ROLES, role, (code) => say(`account.roles.${code}`))).join(" · ")}</Cell>
          <Cell hideOnPhone>{(person.languages ?? []).map((each) => `${each.code} ${each.level}`).join(" · ")}</Cell>
          <Cell hideOnPhone>
            <span className="flex flex-wrap items-center gap-1.5">
              {person.roles.some((role) => role === "supervisor" || role === "operator") ? (
                <span className="text-text-2">{say("operator.everyone")}</span>
              ) : (
                (person.clients ?? []).map((client) => <ClientTile key={client.id} client={client} />)
              )}
            </span>
          </Cell>
          <Cell hideOnPhone className="text-text-2">
            <State person={person} />
          </Cell>
          <Cell right>
            <PersonActs person={person} />
          </Cell>
        </Line>
      ))}
    </Table>
  );
}

function State({ person }: { person: Person }) {
  const say = useWords();
  const marks = [
    !person.has_password && say("operator.noPassword"),
    person.link_until && say("operator.linkSent"),
    person.two_step && say("operator.twoStep"),
  ].filter(Boolean);
  return (
    <>
      {person.locked && <span className="pr-2 font-medium text-risk">{say("operator.locked")}</span>}
      {marks.join(" · ")}
    </>
  );
}
