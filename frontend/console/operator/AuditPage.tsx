import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

const route = getRouteApi("/inside/audit");

/** Who did what, where and when; nothing of it can be changed. */
export function AuditPage() {
  const say = useWords();
  const { page = 1, ...asked } = route.useSearch();
  const query = useQuery({ queryKey: ["audit", asked, page], queryFn: () => api.audit(asked, page), placeholderData: keepPreviousData });
  const save = (
    <a href={api.auditCsv(asked)} download className="rounded border border-line-strong px-3 py-1 text-13 font-medium hover:bg-surface-3">
      {say("operator.export")}
    </a>
  );
  return (
    <Page wide title={say("operator.audit")} acts={save}>
      <Narrow />
      <Asked query={query} isEmpty={(found) => found.results.length === 0} empty={<Notice icon="search" title={say("operator.auditEmpty")} />}>
        {(found) => (
          <>
            <Rows rows={found.results} />
            <Turn page={page} next={found.next} />
          </>
        )}
      </Asked>
    </Page>
  );
}

function Narrow() {
  const say = useWords();
  const me = useMe();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const people = useQuery({ queryKey: ["people"], queryFn: api.people }).data ?? [];
  const actions = useQuery({ queryKey: ["audit-actions"], queryFn: api.auditActions }).data ?? [];
  const pick = (name: keyof api.Narrowing) => (event: { target: { value: string } }) =>
    void navigate({ search: ({ page: _, ...before }) => ({ ...before, [name]: event.target.value || undefined }), replace: true });
  return (
    <div className="grid max-w-4xl grid-cols-2 gap-3 pb-4 md:grid-cols-5">
      <SelectField label={say("operator.who")} value={asked.person ?? ""} onChange={pick("person")}>
        <option value="">{say("operator.anyone")}</option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("operator.client")} value={asked.client ?? ""} onChange={pick("client")}>
        <option value="">{say("operator.anyClient")}</option>
        {me.clients.map((client) => (
          <option key={client.id} value={client.id}>
            {client.name}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("operator.action")} value={asked.action ?? ""} onChange={pick("action")}>
        <option value="">{say("operator.anyAction")}</option>
        {actions.map((action) => (
          <option key={action}>{action}</option>
        ))}
      </SelectField>
      <TextField type="date" label={say("operator.from")} value={asked.from ?? ""} onChange={pick("from")} />
      <TextField type="date" label={say("operator.to")} value={asked.to ?? ""} onChange={pick("to")} />
    </div>
  );
}

type Entry = Awaited<ReturnType<typeof api.audit>>["results"][number];

function Rows({ rows }: { rows: Entry[] }) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("operator.at") },
    { name: say("operator.who"), hideOnPhone: true },
    { name: say("operator.client"), hideOnPhone: true },
    { name: say("operator.action") },
    { name: say("operator.object"), hideOnPhone: true },
  ];
  return (
    <Table columns={columns} label={say("operator.audit")}>
      {rows.map((row) => (
        <Line key={row.id}>
          <Cell className="num md:whitespace-nowrap">
            {asInstant(row.at, language)}
            <span className="flex items-center gap-2 text-12 text-text-2 md:hidden">
              {row.person?.name ?? say("operator.nobody")}
              {row.tenant && <ClientTile client={row.tenant} />}
            </span>
          </Cell>
          <Cell hideOnPhone className="whitespace-nowrap">
            {row.person ? row.person.name : <span className="text-text-3">{say("operator.nobody")}</span>}
          </Cell>
          <Cell hideOnPhone>{row.tenant && <ClientTile client={row.tenant} />}</Cell>
          <Cell className="break-words">{row.action}</Cell>
          <Cell hideOnPhone className="num break-words text-text-3">
            <Named row={row} id={row.object_id} />
            {Object.entries(row.detail).map(([name, value]) => (
              <span key={name}>
                {" "}
                {name}=<Named row={row} id={String(value)} />
              </span>
            ))}
          </Cell>
        </Line>
      ))}
    </Table>
  );
}

/** The name that an id has today, with the id at hand; what has none is shown as it stands. */
function Named({ row, id }: { row: Entry; id: string }) {
  const name = row.names[id];
  return name === undefined ? <>{id}</> : <span title={id} className="text-text-1">{name}</span>;
}

function Turn({ page, next }: { page: number; next: number | null }) {
  const say = useWords();
  const navigate = route.useNavigate();
  const go = (number: number) => void navigate({ search: (before) => ({ ...before, page: number > 1 ? number : undefined }) });
  return (
    <div className="flex gap-2 pt-4">
      <Button disabled={page === 1} onClick={() => go(page - 1)}>
        {say("operator.newer")}
      </Button>
      <Button disabled={next === null} onClick={() => go(page + 1)}>
        {say("operator.older")}
      </Button>
    </div>
  );
}
