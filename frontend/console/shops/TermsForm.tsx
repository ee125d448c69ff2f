import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { TextArea, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { toast } from "../../shared/components/Toast";
import { Part, type Terms } from "../../shared/contract/Terms";
import { groupWord, metricWord, promise } from "../../shared/contract/words";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { TermsMore } from "./TermsMore";

const SMALL = "h-7 w-24 rounded border border-line-strong bg-surface-1 px-2 text-right text-13 num focus-visible:outline-2 aria-invalid:border-risk";
const asText = (terms: unknown) => JSON.stringify(terms, null, 1);

/** A copy of the JSON, or undefined for what is none. */
export function readTerms(text: string): Terms | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Terms) : undefined;
  } catch {
    return undefined;
  }
}

/** What was left empty is not agreed: neither a line without an address, nor a part that was switched off. */
export function withoutBlanks(terms: Terms | undefined): Terms | undefined {
  if (!terms) return undefined;
  const copy = structuredClone(terms);
  if (copy.report?.recipients) copy.report.recipients = copy.report.recipients.map((each) => each.trim()).filter(Boolean);
  for (const key of ["time_zone", "language"] as const) if (copy.report && !copy.report[key]) delete copy.report[key];
  for (const key of ["report", "client_answer", "quality"] as const) if (copy[key] === null) delete copy[key];
  return copy;
}

/** The figures of a draft in tables, everything else as the JSON that is signed. */
export function TermsForm({ version, tenant }: { version: api.ContractVersion; tenant: string }) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [text, setText] = useState(() => asText(version.terms));
  const [begins, setBegins] = useState(version.begins);
  const [ends, setEnds] = useState(version.ends ?? "");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const terms = readTerms(text);
  const isChanged = text !== asText(version.terms) || begins !== version.begins || ends !== (version.ends ?? "");
  const change = (alter: (copy: Terms) => void) => {
    const copy = readTerms(text);
    if (!copy) return;
    alter(copy);
    setText(asText(copy));
  };
  const save = async () => {
    try {
      return await api.redraftContract(tenant, version.id, { terms: withoutBlanks(terms) as unknown as Record<string, unknown>, begins, ends: ends || null });
    } catch (error) {
      if (!(error instanceof ApiError) || error.offline) throw error;
      setProblem(error);
      return undefined;
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setProblem(null);
    const row = await attempt(save);
    setIsBusy(false);
    if (!row) return;
    client.setQueryData(["shops", tenant, "contract", row.id], row);
    await client.invalidateQueries({ queryKey: ["shops", tenant, "contract"], exact: true });
    toast(say("shops.contract.saved"));
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-8">
      <div className="grid max-w-md grid-cols-2 gap-3">
        <TextField label={say("shops.contract.begins")} type="date" required value={begins} error={problem?.fields.begins} onChange={(event) => setBegins(event.target.value)} />
        <TextField label={say("shops.contract.ends")} type="date" value={ends} error={problem?.fields.ends} onChange={(event) => setEnds(event.target.value)} />
      </div>
      {terms && <Targets terms={terms} onChange={change} />}
      {terms && <Clauses terms={terms} onChange={change} />}
      {terms && <TermsMore terms={terms} errors={problem?.fields ?? {}} onChange={change} />}
      <details open={!terms || undefined}>
        <summary className="cursor-pointer text-13 font-medium">{say("shops.contract.json")}</summary>
        <p className="max-w-[68ch] py-2 text-12 text-text-2">{say("shops.contract.jsonText")}</p>
        <TextArea label={say("shops.contract.json")} rows={18} spellCheck={false} className="font-mono text-12" value={text} error={terms ? undefined : say("shops.contract.noJson")} onChange={(event) => setText(event.target.value)} />
      </details>
      <div className="sticky bottom-0 flex flex-wrap items-center gap-3 border-t border-line bg-surface-1 py-3">
        <Button kind="primary" type="submit" disabled={!terms || !isChanged || isBusy}>
          {say("shops.save")}
        </Button>
        {problem && (
          <p role="alert" className="text-13 text-risk">
            {problem.message}
          </p>
        )}
        {isChanged && !problem && <p className="text-12 text-text-3">{say("shops.contract.unsaved")}</p>}
      </div>
    </form>
  );
}

interface PartProps {
  terms: Terms;
  onChange: (alter: (copy: Terms) => void) => void;
}

function Targets({ terms, onChange }: PartProps) {
  const shared = useShared();
  const say = useWords();
  const columns = [{ name: shared("contract.channel") }, { name: shared("contract.what") }, { name: say("shops.contract.seconds"), right: true }, { name: shared("contract.within"), right: true, hideOnPhone: true }];
  return (
    <Part title={shared("contract.parts.targets")} text={shared("contract.targetsText")}>
      <Table columns={columns} label={shared("contract.parts.targets")}>
        {(terms.targets ?? []).map((target, place) => {
          const name = `${groupWord(target.channel_group, shared)}, ${metricWord(target.metric, shared)}${target.priority && target.priority !== "normal" ? ` (${target.priority})` : ""}`;
          return (
            <Line key={place}>
              <Cell>{groupWord(target.channel_group, shared)}</Cell>
              <Cell>
                {metricWord(target.metric, shared)}
                {target.priority && target.priority !== "normal" && <span className="text-text-3"> · {target.priority}</span>}
              </Cell>
              <Cell right>
                <input
                  className={SMALL}
                  type="number"
                  min={1}
                  required
                  aria-label={`${name}: ${say("shops.contract.seconds")}`}
                  value={Number.isFinite(target.seconds) ? target.seconds : ""}
                  onChange={(event) => onChange((copy) => (copy.targets[place]!.seconds = event.target.valueAsNumber || 0))}
                />
              </Cell>
              <Cell right hideOnPhone className="text-text-3">
                {promise(target.seconds)}
              </Cell>
            </Line>
          );
        })}
      </Table>
    </Part>
  );
}

function Clauses({ terms, onChange }: PartProps) {
  const shared = useShared();
  const language = useLanguage();
  const columns = [
    { name: shared("contract.clause") },
    { name: `${shared("contract.goal")} %`, right: true },
    { name: shared("contract.fields.penalty_eur_per_point"), right: true },
    { name: shared("contract.fields.penalty_cap_points"), right: true },
  ];
  return (
    <Part title={shared("contract.parts.clauses")} text={shared("contract.clausesText")}>
      <Table columns={columns} label={shared("contract.parts.clauses")}>
        {(terms.clauses ?? []).map((clause, place) => {
          const title = clause.title?.[language] ?? clause.title?.en ?? clause.code;
          const figure = (label: string, value: number | undefined, set: (copy: Terms["clauses"][number], to: number) => void, max?: number) => (
            <Cell right>
              <input
                className={SMALL}
                type="number"
                min={0}
                max={max}
                step="any"
                aria-label={`${title}: ${label}`}
                value={value ?? ""}
                onChange={(event) => onChange((copy) => set(copy.clauses[place]!, event.target.valueAsNumber || 0))}
              />
            </Cell>
          );
          return (
            <Line key={clause.code}>
              <Cell>{title}</Cell>
              {figure(shared("contract.goal"), Math.round(Number(clause.goal) * 1e6) / 1e4, (row, to) => (row.goal = Math.round(to * 1e4) / 1e6), 100)}
              {figure(shared("contract.fields.penalty_eur_per_point"), clause.penalty ? Number(clause.penalty.eur_per_point) : 0, (row, to) => (row.penalty = to ? { cap_points: 20, ...row.penalty, eur_per_point: to } : null))}
              {figure(shared("contract.fields.penalty_cap_points"), clause.penalty ? Number(clause.penalty.cap_points ?? 100) : 0, (row, to) => {
                if (row.penalty) row.penalty = { ...row.penalty, cap_points: to };
              })}
            </Line>
          );
        })}
      </Table>
    </Part>
  );
}
