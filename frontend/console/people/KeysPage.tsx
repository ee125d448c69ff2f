import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Person } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { PeopleFrame } from "./PeopleFrame";
import { peopleQuery } from "./PeoplePage";

const route = getRouteApi("/inside/people/keys");

/** A client's keys for its own programs: each reads the portal as one of its users does, and no further. */
export function KeysPage() {
  const say = useWords();
  const me = useMe();
  const { client = me.clients[0]?.id ?? "" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({ queryKey: ["people", "keys", client], queryFn: () => api.keys(client), enabled: client !== "" });
  const [isMaking, setIsMaking] = useState(false);
  const [revoked, setRevoked] = useState<api.ApiKey | null>(null);
  const make = (
    <Button kind="primary" disabled={client === ""} onClick={() => setIsMaking(true)}>
      {say("people.makeKey")}
    </Button>
  );
  return (
    <PeopleFrame acts={make}>
      <p className="max-w-2xl pb-3 text-13 text-text-2">{say("people.keysText")}</p>
      <div className="max-w-64 pb-4">
        <SelectField label={say("operator.client")} value={client} onChange={(event) => void navigate({ search: { client: event.target.value } })}>
          {me.clients.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </SelectField>
      </div>
      {client === "" ? (
        <Notice icon="shop" title={say("operator.noShops")} />
      ) : (
        <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="file" title={say("people.noKeys")} act={make} />}>
          {(rows) => <Rows rows={rows} onRevoke={setRevoked} />}
        </Asked>
      )}
      {isMaking && <MakeDialog client={client} onClose={() => setIsMaking(false)} />}
      {revoked && <RevokeDialog client={client} apiKey={revoked} onClose={() => setRevoked(null)} />}
    </PeopleFrame>
  );
}

function Rows({ rows, onRevoke }: { rows: api.ApiKey[]; onRevoke: (key: api.ApiKey) => void }) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("operator.name") },
    { name: say("people.actsFor") },
    { name: say("people.made"), hideOnPhone: true },
    { name: say("people.until") },
    { name: say("operator.act"), silent: true },
  ];
  return (
    <Table columns={columns} label={say("people.tabs.keys")}>
      {rows.map((key) => (
        <Line key={key.id}>
          <Cell className="font-medium">{key.name}</Cell>
          <Cell>{key.made_by}</Cell>
          <Cell hideOnPhone>
            <When at={key.made_at} />
          </Cell>
          <Cell className="num">{Date.parse(key.valid_until) < Date.now() ? <span className="text-text-3">{say("people.ranOut")}</span> : asInstant(key.valid_until, language)}</Cell>
          <Cell right>
            <Button small onClick={() => onRevoke(key)}>
              {say("people.revokeKey")}…
            </Button>
          </Cell>
        </Line>
      ))}
    </Table>
  );
}

function MakeDialog({ client, onClose }: { client: string; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useAct();
  const everybody = useQuery(peopleQuery);
  const users = (everybody.data ?? []).filter((person) => person.is_active && person.roles.some((role) => role === "client" || role === "viewer") && person.clients.some((each) => each.id === client));
  const [key, setKey] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const made = await run(() => api.makeKey(client, { name: String(form.get("name")), person: String(form.get("person")), days: Number(form.get("days")) }));
    if (made) setKey(made.key);
  };
  if (key) return <Made apiKey={key} onClose={onClose} />;
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="key" kind="primary" disabled={isBusy || users.length === 0}>
        {say("people.makeKey")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("people.makeKey")} text={say("people.makeKeyText")} footer={footer}>
      <form id="key" onSubmit={(event) => void submit(event)} className="grid gap-3 pb-3">
        <TextField label={say("people.keyName")} name="name" required autoFocus maxLength={60} />
        <Users users={users} isLoading={everybody.isPending} />
        <TextField label={say("people.days")} name="days" type="number" min={1} max={366} defaultValue={90} required />
      </form>
    </Dialog>
  );
}

function Users({ users, isLoading }: { users: Person[]; isLoading: boolean }) {
  const say = useWords();
  return (
    <SelectField label={say("people.actsFor")} name="person" required error={users.length || isLoading ? undefined : say("people.noUsers")}>
      {users.map((user) => (
        <option key={user.id} value={user.id}>
          {user.name} · {user.email}
        </option>
      ))}
    </SelectField>
  );
}

function Made({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  const say = useWords();
  const copy = () => void navigator.clipboard.writeText(apiKey).then(() => toast(say("people.copied")));
  const footer = (
    <>
      <Button onClick={copy}>{say("people.copy")}</Button>
      <Button kind="primary" onClick={onClose}>
        {say("people.keptIt")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("people.keyMade")} text={say("people.keyMadeText")} footer={footer}>
      <p className="mb-3 rounded bg-surface-3 px-3 py-2 font-mono text-13 break-all select-all">{apiKey}</p>
    </Dialog>
  );
}

function RevokeDialog({ client, apiKey, onClose }: { client: string; apiKey: api.ApiKey; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useAct();
  const go = async () => {
    // An empty answer is no answer to ``run``.
    if (await run(async () => ((await api.revokeKey(client, apiKey.id)), true))) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" disabled={isBusy} onClick={() => void go()}>
        {say("people.revokeKey")}
      </Button>
    </>
  );
  return <Dialog open onClose={onClose} title={`${say("people.revokeKey")}: ${apiKey.name}`} text={say("people.revokeKeyText")} footer={footer} />;
}
