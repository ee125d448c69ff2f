import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { cefr } from "./levels";
import { asIso, asLocal } from "./moments";
import { PeopleFrame } from "./PeopleFrame";

const route = getRouteApi("/inside/people/could-serve");

/** A client asks who could serve them at some moment: from the record, not from how things are today. */
export function CouldServePage() {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const { client = me.clients[0]?.id ?? "", at } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: { client?: string; at?: string }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const query = useQuery({ queryKey: ["people", "could-serve", client, at], queryFn: () => api.couldServe(client, at), enabled: client !== "" });
  return (
    <PeopleFrame detail={query.data?.people.length}>
      <p className="max-w-2xl pb-3 text-13 text-text-2">{say("people.couldServeText")}</p>
      <div className="grid max-w-xl grid-cols-2 gap-3 pb-4">
        <SelectField label={say("operator.client")} value={client} onChange={(event) => set({ client: event.target.value })}>
          {me.clients.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </SelectField>
        <TextField
          type="datetime-local"
          label={say("people.moment")}
          hint={say("people.momentHint")}
          value={at ? asLocal(new Date(at)) : ""}
          onChange={(event) => set({ at: asIso(event.target.value) ?? undefined })}
        />
      </div>
      {client === "" ? (
        <Notice icon="shop" title={say("operator.noShops")} />
      ) : (
        <Asked query={query}>
          {(found) => (
            <>
              {found.people.length === 0 ? <Notice icon="people" title={say("people.nobodyCould")} /> : <Rows people={found.people} />}
              <p className="pt-4 text-12 text-text-3">
                {say("people.asOf", { at: asInstant(found.at, language) })}{" "}
                {found.recorded_since ? say("people.recordedSince", { at: asInstant(found.recorded_since, language) }) : say("people.neverRecorded")}
              </p>
            </>
          )}
        </Asked>
      )}
    </PeopleFrame>
  );
}

function Rows({ people }: { people: api.Able[] }) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("operator.name") },
    { name: say("people.languages") },
    { name: say("people.otherSkills"), hideOnPhone: true },
    { name: say("people.accredited"), hideOnPhone: true },
  ];
  const span = (one: api.Able) => `${asInstant(one.since, language)} – ${one.until ? asInstant(one.until, language) : say("people.forGood")}`;
  return (
    <Table columns={columns} label={say("people.tabs.couldServe")}>
      {people.map((one) => (
        <Line key={one.person.id}>
          <Cell>
            <Link to="/people/$person" params={{ person: one.person.id }} className="font-medium underline-offset-2 hover:underline">
              {one.person.name}
            </Link>
            <span className="block text-12 text-text-3">{say("people.asAlias", { alias: one.alias })}</span>
          </Cell>
          <Cell>{one.languages.map((each) => `${languageName(each.code, language)} ${cefr(each.level, say("people.native"))}`).join(" · ")}</Cell>
          <Cell hideOnPhone className="num text-text-2">
            {one.skills.join(" · ")}
          </Cell>
          <Cell hideOnPhone className="num text-text-2">
            {span(one)}
            {one.is_assumed && <span className="block text-12 text-text-3">{say("people.assumed")}</span>}
          </Cell>
        </Line>
      ))}
    </Table>
  );
}
