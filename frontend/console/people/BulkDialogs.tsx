import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { cefr, languageOf, LEVELS } from "./levels";
import { asIso, asLocal } from "./moments";

type Named = { id: string; name: string };
type Act = "grant" | "withdraw" | "level";
const COMMON = ["es", "en", "de", "fr", "it", "pt", "ca", "nl", "pl", "sv"];

/** What may be done to all who are chosen. */
export function BulkBar({ people, onDone }: { people: Named[]; onDone: () => void }) {
  const say = useWords();
  const [act, setAct] = useState<Act | null>(null);
  const close = () => setAct(null);
  const done = () => {
    close();
    onDone();
  };
  return (
    <div role="group" aria-label={say("people.chosen", { count: people.length })} className="sticky top-0 z-10 mb-2 flex flex-wrap items-center gap-2 rounded border border-line bg-surface-2 px-3 py-2">
      <span className="num text-13 font-medium">{say("people.chosen", { count: people.length })}</span>
      <Button small onClick={() => setAct("grant")}>
        {say("people.grant")}…
      </Button>
      <Button small onClick={() => setAct("withdraw")}>
        {say("people.withdraw")}…
      </Button>
      <Button small onClick={() => setAct("level")}>
        {say("people.setLevel")}…
      </Button>
      <Button small kind="quiet" onClick={onDone}>
        {say("people.chooseNobody")}
      </Button>
      {act === "grant" && <GrantDialog people={people} onClose={close} onDone={done} />}
      {act === "withdraw" && <WithdrawDialog people={people} onClose={close} onDone={done} />}
      {act === "level" && <LevelDialog people={people} onClose={close} onDone={done} />}
    </div>
  );
}

interface Props {
  people: Named[];
  onClose: () => void;
  onDone?: () => void;
}

interface FormProps extends Props {
  title: string;
  text: string;
  go: string;
  risky?: boolean;
  isBusy: boolean;
  submit: () => Promise<unknown>;
  children: ReactNode;
}

function Form({ people, title, text, go, risky, isBusy, submit, onClose, onDone, children }: FormProps) {
  const shared = useShared();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if ((await submit()) === undefined) return;
    onClose();
    onDone?.();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="bulk" kind={risky ? "risk" : "primary"} disabled={isBusy}>
        {go}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={title} text={text} footer={footer}>
      <form id="bulk" onSubmit={(event) => void send(event)} className="grid gap-3 pb-3">
        {people.length > 1 && <p className="line-clamp-3 text-13 text-text-2">{people.map((person) => person.name).join(", ")}</p>}
        {children}
      </form>
    </Dialog>
  );
}

function ClientField({ value, onPick }: { value: string; onPick: (id: string) => void }) {
  const say = useWords();
  const me = useMe();
  return (
    <SelectField label={say("operator.client")} required value={value} onChange={(event) => onPick(event.target.value)}>
      <option value="">{say("people.chooseClient")}</option>
      {me.clients.map((client) => (
        <option key={client.id} value={client.id}>
          {client.name}
        </option>
      ))}
    </SelectField>
  );
}

export function GrantDialog({ people, onClose, onDone }: Props) {
  const say = useWords();
  const { run, isBusy } = useAct();
  const [client, setClient] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [alias, setAlias] = useState("");
  const [is_read_only, setReadOnly] = useState(false);
  const submit = () =>
    run(
      () => api.grant({ people: people.map((one) => one.id), client, valid_from: asIso(from), valid_until: asIso(until), is_read_only, alias }),
      say("people.granted"),
    );
  const soon = asLocal(new Date(Date.now() + 60_000));
  return (
    <Form title={say("people.grant")} text={say("people.grantText")} go={say("people.grant")} {...{ people, isBusy, submit, onClose, onDone }}>
      <ClientField value={client} onPick={setClient} />
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField type="datetime-local" label={say("people.from")} hint={say("people.fromHint")} min={soon} value={from} onChange={(event) => setFrom(event.target.value)} />
        <TextField type="datetime-local" label={say("people.until")} hint={say("people.untilHint")} min={from || soon} value={until} onChange={(event) => setUntil(event.target.value)} />
      </div>
      {people.length === 1 && <TextField label={say("people.alias")} hint={say("people.aliasHint")} maxLength={60} value={alias} onChange={(event) => setAlias(event.target.value)} />}
      <Check label={say("people.readOnly")} hint={say("people.readOnlyHint")} value={is_read_only} onChange={setReadOnly} />
    </Form>
  );
}

export function WithdrawDialog({ people, onClose, onDone, client: given }: Props & { client?: string }) {
  const say = useWords();
  const { run, isBusy } = useAct();
  const [client, setClient] = useState(given ?? "");
  const [at, setAt] = useState("");
  const submit = () => run(() => api.withdraw({ people: people.map((one) => one.id), client, at: asIso(at) }), say("people.withdrawn"));
  return (
    <Form risky title={say("people.withdraw")} text={say("people.withdrawText")} go={say("people.withdraw")} {...{ people, isBusy, submit, onClose, onDone }}>
      <ClientField value={client} onPick={setClient} />
      <TextField type="datetime-local" label={say("people.endsAt")} hint={say("people.endsAtHint")} min={asLocal(new Date(Date.now() + 60_000))} value={at} onChange={(event) => setAt(event.target.value)} />
    </Form>
  );
}

export function LevelDialog({ people, onClose, onDone, kind }: Props & { kind?: "language" | "product" }) {
  const say = useWords();
  const { run, isBusy } = useAct();
  const [code, setCode] = useState("");
  const [level, setLevel] = useState("3");
  const submit = () => run(() => api.setLevel(people.map((one) => one.id), code, level === "0" ? null : Number(level)), say("people.levelSet"));
  return (
    <Form title={say("people.setLevel")} text={say("people.setLevelText")} go={say("people.setLevel")} {...{ people, isBusy, submit, onClose, onDone }}>
      <SkillField value={code} onPick={setCode} kind={kind} />
      <SelectField label={say("people.level")} value={level} onChange={(event) => setLevel(event.target.value)}>
        {LEVELS.map((each) => (
          <option key={each} value={each}>
            {languageOf(code) === undefined && code ? each : `${each} · ${cefr(each, say("people.native"))}`}
          </option>
        ))}
        <option value="0">{say("people.takeAway")}</option>
      </SelectField>
    </Form>
  );
}

function SkillField({ value, onPick, kind }: { value: string; onPick: (code: string) => void; kind?: "language" | "product" }) {
  const say = useWords();
  const language = useLanguage();
  const rows = useQuery({ queryKey: ["people", "skills"], queryFn: api.skills }).data ?? [];
  const spoken = [...new Set([...rows.flatMap((row) => languageOf(row.code) ?? []), ...COMMON])];
  const named = spoken.map((code) => ({ code, name: languageName(code, language) })).sort((a, b) => a.name.localeCompare(b.name, language));
  const others = rows.filter((row) => row.kind === "product");
  return (
    <SelectField label={say("people.skill")} required value={value} onChange={(event) => onPick(event.target.value)}>
      <option value="">{say("people.chooseSkill")}</option>
      {kind !== "product" && (
        <optgroup label={say("people.languages")}>
          {named.map((each) => (
            <option key={each.code} value={`lang:${each.code}`}>
              {each.name}
            </option>
          ))}
        </optgroup>
      )}
      {kind !== "language" && others.length > 0 && (
        <optgroup label={say("people.products")}>
          {others.map((row) => (
            <option key={row.code} value={row.code}>
              {row.name} ({row.code})
            </option>
          ))}
        </optgroup>
      )}
    </SelectField>
  );
}

export function Check({ label, hint, value, onChange }: { label: string; hint?: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label className="flex items-start gap-2 text-13">
      <input type="checkbox" className="mt-0.5 size-4 accent-accent" checked={value} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {hint && <span className="block text-12 text-text-3">{hint}</span>}
      </span>
    </label>
  );
}
