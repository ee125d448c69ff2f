import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { SelectField } from "../../shared/components/Field";
import { Asked, Notice } from "../../shared/components/States";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { Section } from "./PeopleFrame";

/** Clients who compete: an agent with work of one in hand is given none of the other. */
export function Rivals() {
  const say = useWords();
  const { run, isBusy } = useAct();
  const query = useQuery({ queryKey: ["people", "rivals"], queryFn: api.rivals });
  const allow = (pair: api.Pair) => {
    const both = { one: pair.one.id, other: pair.other.id };
    void run(() => api.allowRivals(both), undefined, () => api.barRivals(both));
  };
  return (
    <Section title={say("people.rivals")}>
      <p className="max-w-2xl pb-2 text-13 text-text-2">{say("people.rivalsText")}</p>
      <Asked query={query} small isEmpty={(rows) => rows.length === 0} empty={<Notice small title={say("people.noRivals")} />}>
        {(rows) => (
          <ul className="max-w-2xl">
            {rows.map((pair) => (
              <li key={pair.one.id + pair.other.id} className="flex min-h-10 items-center gap-2 border-b border-line text-13 last:border-0">
                <ClientTile client={pair.one} />
                {pair.one.name}
                <span className="text-text-3">·</span>
                <ClientTile client={pair.other} />
                <span className="min-w-0 flex-1 truncate">{pair.other.name}</span>
                <Button small disabled={isBusy} onClick={() => allow(pair)}>
                  {say("people.allowRivals")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Asked>
      <Bar />
    </Section>
  );
}

function Bar() {
  const say = useWords();
  const me = useMe();
  const { run, isBusy } = useAct();
  const [one, setOne] = useState("");
  const [other, setOther] = useState("");
  if (me.clients.length < 2) return null;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const both = { one, other };
    if (!(await run(() => api.barRivals(both), undefined, () => api.allowRivals(both)))) return;
    setOne("");
    setOther("");
  };
  const options = (without: string) =>
    me.clients
      .filter((client) => client.id !== without)
      .map((client) => (
        <option key={client.id} value={client.id}>
          {client.name}
        </option>
      ));
  return (
    <form onSubmit={(event) => void submit(event)} className="grid max-w-2xl items-end gap-3 pt-3 sm:grid-cols-[1fr_1fr_auto]">
      <SelectField label={say("people.oneClient")} required value={one} onChange={(event) => setOne(event.target.value)}>
        <option value="">{say("people.chooseClient")}</option>
        {options(other)}
      </SelectField>
      <SelectField label={say("people.otherClient")} required value={other} onChange={(event) => setOther(event.target.value)}>
        <option value="">{say("people.chooseClient")}</option>
        {options(one)}
      </SelectField>
      <Button type="submit" disabled={isBusy}>
        {say("people.barRivals")}
      </Button>
    </form>
  );
}
