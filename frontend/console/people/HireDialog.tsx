import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button, IconButton } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { Check } from "./BulkDialogs";
import { cefr, LEVELS } from "./levels";

const ROLES = ["agent", "supervisor", "operator", "client", "viewer"] as const;
const CODES = ["es", "en", "de", "fr", "it", "pt", "ca", "nl", "pl", "sv"];
type Role = (typeof ROLES)[number];

interface Asked {
  name: string;
  email: string;
  role: Role;
  languages: { code: string; level: number }[];
  clients: string[];
  client_of: string;
  is_read_only: boolean;
  all_clients: boolean;
  language: "en" | "es";
  time_zone: string;
}

/** As the API takes it: a client's user has no languages and no accreditations, an operator serves everybody. */
export function asRequest({ role, client_of, clients, languages, ...rest }: Asked): api.NewPerson {
  if (role === "client" || role === "viewer") return { ...rest, is_read_only: false, all_clients: true, roles: [], client_role: role, client_of: client_of || null };
  const keptTo = role === "agent" || (role === "supervisor" && !rest.all_clients) ? clients : [];
  return { ...rest, roles: [role], languages: role === "operator" ? [] : languages, clients: keptTo };
}

function useHire(onClose: () => void) {
  const say = useWords();
  const shared = useShared();
  const client = useQueryClient();
  const navigate = useNavigate();
  const me = useMe();
  const [asked, setAsked] = useState<Asked>({
    name: "", email: "", role: "agent", languages: [{ code: "es", level: 5 }], clients: [], client_of: "", is_read_only: false, all_clients: true,
    language: me.language === "es" ? "es" : "en", time_zone: me.time_zone,
  }); // prettier-ignore
  const [fields, setFields] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const set = (change: Partial<Asked>) => setAsked((kept) => ({ ...kept, ...change }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      const hired = await api.hire(asRequest(asked));
      await client.invalidateQueries({ queryKey: ["people"] });
      toast(say("people.hired", { name: hired.name, email: hired.email }));
      onClose();
      await navigate({ to: "/people/$person", params: { person: hired.id } });
    } catch (error) {
      const known = error instanceof ApiError ? error : undefined;
      setFields(known?.fields ?? {});
      toast(known && !known.offline ? known.message : shared("offline.title"), { kind: "risk" });
    } finally {
      setIsBusy(false);
    }
  };
  return { asked, set, fields, isBusy, submit };
}

type Hire = ReturnType<typeof useHire>;

export function HireDialog({ onClose }: { onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const form = useHire(onClose);
  const { asked, set, fields } = form;
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="hire" kind="primary" disabled={form.isBusy}>
        {say("people.hireNow")}
      </Button>
    </>
  );
  return (
    <Dialog open wide onClose={onClose} title={say("people.hire")} text={say("people.hireText")} footer={footer}>
      <form id="hire" onSubmit={(event) => void form.submit(event)} className="grid gap-4 pb-3 sm:grid-cols-2">
        <TextField label={say("operator.name")} required autoFocus maxLength={120} value={asked.name} error={fields.name} onChange={(event) => set({ name: event.target.value })} />
        <TextField type="email" label={say("account.email")} required value={asked.email} error={fields.email} onChange={(event) => set({ email: event.target.value })} />
        <SelectField label={say("operator.role")} value={asked.role} error={fields.roles} hint={say(`people.roleHints.${asked.role}`)} onChange={(event) => set({ role: event.target.value as Role })}>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {say(`account.roles.${role}`)}
            </option>
          ))}
        </SelectField>
        <Place form={form} />
        {(asked.role === "agent" || asked.role === "supervisor") && (
          <>
            <Spoken form={form} />
            <Served form={form} />
          </>
        )}
        {(asked.role === "client" || asked.role === "viewer") && <ClientOf form={form} />}
      </form>
    </Dialog>
  );
}

function Place({ form: { asked, set, fields } }: { form: Hire }) {
  const say = useWords();
  const language = useLanguage();
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  return (
    <div className="grid grid-cols-2 gap-2">
      <SelectField label={say("people.screens")} value={asked.language} onChange={(event) => set({ language: event.target.value as "en" | "es" })}>
        {(["en", "es"] as const).map((code) => (
          <option key={code} value={code}>
            {languageName(code, language)}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("operator.timeZone")} value={asked.time_zone} error={fields.time_zone} onChange={(event) => set({ time_zone: event.target.value })}>
        {zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </SelectField>
    </div>
  );
}

function Spoken({ form: { asked, set } }: { form: Hire }) {
  const say = useWords();
  const language = useLanguage();
  const change = (place: number, part: Partial<Asked["languages"][number]>) => set({ languages: asked.languages.map((row, at) => (at === place ? { ...row, ...part } : row)) });
  const free = CODES.filter((code) => !asked.languages.some((row) => row.code === code));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-1 text-12 font-medium text-text-2">{say("people.languages")}</legend>
      {asked.languages.map((row, place) => (
        <div key={row.code} className="flex items-end gap-2">
          <div className="grid min-w-0 flex-1 grid-cols-2 gap-2">
            <SelectField label={say("people.language")} value={row.code} onChange={(event) => change(place, { code: event.target.value })}>
              {[row.code, ...free].map((code) => (
                <option key={code} value={code}>
                  {languageName(code, language)}
                </option>
              ))}
            </SelectField>
            <SelectField label={say("people.level")} value={row.level} onChange={(event) => change(place, { level: Number(event.target.value) })}>
              {LEVELS.map((level) => (
                <option key={level} value={level}>
                  {`${level} · ${cefr(level, say("people.native"))}`}
                </option>
              ))}
            </SelectField>
          </div>
          <IconButton label={say("people.without", { what: languageName(row.code, language) })} onClick={() => set({ languages: asked.languages.filter((_, at) => at !== place) })}>
            <Icon name="close" />
          </IconButton>
        </div>
      ))}
      {free[0] && (
        <Button small className="self-start" onClick={() => set({ languages: [...asked.languages, { code: free[0]!, level: 3 }] })}>
          {say("people.addLanguage")}
        </Button>
      )}
    </fieldset>
  );
}

function Served({ form: { asked, set, fields } }: { form: Hire }) {
  const say = useWords();
  const me = useMe();
  const toggle = (id: string) => set({ clients: asked.clients.includes(id) ? asked.clients.filter((each) => each !== id) : [...asked.clients, id] });
  const isOpen = asked.role === "supervisor" && asked.all_clients;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="pb-1 text-12 font-medium text-text-2">{say("people.accreditations")}</legend>
      {asked.role === "supervisor" && <Check label={say("people.allClients")} value={asked.all_clients} onChange={(all_clients) => set({ all_clients })} />}
      {!isOpen && me.clients.map((client) => <Check key={client.id} label={client.name} value={asked.clients.includes(client.id)} onChange={() => toggle(client.id)} />)}
      {!isOpen && <Check label={say("people.readOnly")} hint={say("people.readOnlyHint")} value={asked.is_read_only} onChange={(is_read_only) => set({ is_read_only })} />}
      {fields.clients && <p className="text-12 text-risk">{fields.clients}</p>}
    </fieldset>
  );
}

function ClientOf({ form: { asked, set, fields } }: { form: Hire }) {
  const say = useWords();
  const me = useMe();
  return (
    <SelectField label={say("operator.client")} required value={asked.client_of} error={fields.client_of} onChange={(event) => set({ client_of: event.target.value })}>
      <option value="">{say("people.chooseClient")}</option>
      {me.clients.map((client) => (
        <option key={client.id} value={client.id}>
          {client.name}
        </option>
      ))}
    </SelectField>
  );
}
