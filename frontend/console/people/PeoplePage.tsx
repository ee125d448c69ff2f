import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { Person } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { wordOr } from "../desk/channels";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { BulkBar } from "./BulkDialogs";
import { HireDialog } from "./HireDialog";
import { narrow, STATES, type Narrowed } from "./narrow";
import { PeopleFrame } from "./PeopleFrame";
import { PersonActs } from "./PersonActs";

export const ROLES = ["agent", "supervisor", "operator", "client", "viewer"] as const;
const SHOWN = 200;
const route = getRouteApi("/inside/people");
export const peopleQuery = { queryKey: ["people"], queryFn: api.people };

export function PeoplePage() {
  const say = useWords();
  const query = useQuery(peopleQuery);
  const [isHiring, setIsHiring] = useState(false);
  const hire = (
    <Button kind="primary" onClick={() => setIsHiring(true)}>
      {say("people.hire")}
    </Button>
  );
  return (
    <PeopleFrame detail={query.data?.length} acts={hire}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="people" title={say("operator.noPeople")} act={hire} />}>
        {(people) => <List people={people} />}
      </Asked>
      {isHiring && <HireDialog onClose={() => setIsHiring(false)} />}
    </PeopleFrame>
  );
}

function List({ people }: { people: Person[] }) {
  const say = useWords();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(SHOWN);
  const set = (change: Narrowed) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const found = narrow(people, asked);
  const marked = found.filter((person) => chosen.has(person.id));
  return (
    <>
      <Filters people={people} asked={asked} set={set} />
      {marked.length > 0 && <BulkBar people={marked} onDone={() => setChosen(new Set())} />}
      {found.length === 0 ? (
        <Notice icon="search" title={say("people.nobody")} act={<Button onClick={() => void navigate({ search: {} })}>{say("people.everybody")}</Button>} />
      ) : (
        <Rows people={found.slice(0, shown)} chosen={chosen} setChosen={setChosen} />
      )}
      {found.length > shown && (
        <Button className="mt-4" onClick={() => setShown(shown + SHOWN)}>
          {say("people.more", { count: found.length - shown })}
        </Button>
      )}
    </>
  );
}

function Filters({ people, asked, set }: { people: Person[]; asked: Narrowed; set: (change: Narrowed) => void }) {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const spoken = [...new Set(people.flatMap((person) => person.languages.map((each) => each.code)))].sort();
  const pick = (name: keyof Narrowed) => (event: { target: { value: string } }) => set({ [name]: event.target.value || undefined });
  return (
    <div className="grid max-w-4xl grid-cols-2 gap-3 pb-4 md:grid-cols-5">
      <div className="max-md:col-span-2">
        <TextField type="search" label={say("people.find")} placeholder={say("operator.find")} value={asked.words ?? ""} onChange={pick("words")} />
      </div>
      <SelectField label={say("operator.role")} value={asked.role ?? ""} onChange={pick("role")}>
        <option value="">{say("people.any")}</option>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {say(`account.roles.${role}`)}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("operator.client")} value={asked.client ?? ""} onChange={pick("client")}>
        <option value="">{say("people.any")}</option>
        {me.clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("people.language")} value={asked.language ?? ""} onChange={pick("language")}>
        <option value="">{say("people.any")}</option>
        {spoken.map((code) => (
          <option key={code} value={code}>
            {languageName(code, language)}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("operator.state")} value={asked.state ?? ""} onChange={pick("state")}>
        <option value="">{say("people.any")}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {say(`people.states.${state}`)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

interface RowsProps {
  people: Person[];
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
}

function Rows({ people, chosen, setChosen }: RowsProps) {
  const say = useWords();
  const columns = [
    { name: say("people.choose"), silent: true },
    { name: say("operator.name") },
    { name: say("operator.role"), hideOnPhone: true },
    { name: say("operator.speaks"), hideOnPhone: true },
    { name: say("operator.serves"), hideOnPhone: true },
    { name: say("operator.state"), hideOnPhone: true },
    { name: say("operator.act"), silent: true },
  ];
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <label className="flex h-8 w-fit items-center gap-2 text-12 text-text-2">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={people.every((person) => chosen.has(person.id))}
          onChange={(event) => setChosen(new Set(event.target.checked ? people.map((person) => person.id) : []))}
        />
        {say("people.chooseAll", { count: people.length })}
      </label>
      <Table columns={columns} label={say("operator.people")}>
        {people.map((person) => (
          <Row key={person.id} person={person} isChosen={chosen.has(person.id)} onChoose={() => toggle(person.id)} />
        ))}
      </Table>
    </>
  );
}

function Row({ person, isChosen, onChoose }: { person: Person; isChosen: boolean; onChoose: () => void }) {
  const say = useWords();
  return (
    <Line isOpen={isChosen}>
      <Cell className="w-8">
        <input type="checkbox" className="size-4 accent-accent" aria-label={say("people.chooseOne", { name: person.name })} checked={isChosen} onChange={onChoose} />
      </Cell>
      <Cell className={cx("max-w-72", !person.is_active && "text-text-3")}>
        <Link to="/people/$person" params={{ person: person.id }} className="block truncate font-medium underline-offset-2 hover:underline">
          {person.name}
        </Link>
        <span className="block truncate text-12 text-text-3">{person.email}</span>
        <span className="block text-12 text-text-2 md:hidden">
          <Roles person={person} />
          <span className="block empty:hidden">
            <State person={person} />
          </span>
        </span>
      </Cell>
      <Cell hideOnPhone>
        <Roles person={person} />
      </Cell>
      <Cell hideOnPhone className="num">
        {person.languages.map((each) => `${each.code} ${each.level}`).join(" · ")}
      </Cell>
      <Cell hideOnPhone>
        <span className="flex flex-wrap items-center gap-1.5">
          {person.all_clients && <span className="text-text-2">{say("operator.everyone")}</span>}
          {person.clients.map((client) => (
            <ClientTile key={client.id} client={client} />
          ))}
        </span>
      </Cell>
      <Cell hideOnPhone className="text-text-2">
        <State person={person} />
      </Cell>
      <Cell right>
        <PersonActs person={person} />
      </Cell>
    </Line>
  );
}

export function Roles({ person }: { person: Person }) {
  const say = useWords();
  return person.roles.map((role) => wordOr(ROLES, role, (code) => say(`account.roles.${code}`))).join(" · ");
}

export function State({ person }: { person: Person }) {
  const say = useWords();
  const marks = [
    !person.has_password && say("operator.noPassword"),
    person.link_until && say("operator.linkSent"),
    person.two_step && say("operator.twoStep"),
  ].filter(Boolean);
  return (
    <>
      {!person.is_active && <span className="pr-2 font-medium text-risk">{say("people.states.suspended")}</span>}
      {person.locked && <span className="pr-2 font-medium text-risk">{say("operator.locked")}</span>}
      {marks.join(" · ")}
    </>
  );
}
