import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./beside";

const KINDS = ["text", "number", "date", "choice", "yes_no"] as const;
type Draft = { id: string | null; label: string; kind: (typeof KINDS)[number]; options: string; is_personal: boolean; is_active: boolean };

/** What a client wants to know of its customers, and whether it masks them. */
export function ClientFields({ tenant }: { tenant: string }) {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const attempt = useTry();
  const key = ["customer-fields", tenant];
  const query = useQuery({ queryKey: key, queryFn: () => api.fieldsOf(tenant) });
  const [draft, setDraft] = useState<Draft | null>(null);
  const mask = async (masks: boolean) => {
    const kept = await attempt(() => api.setMasking(tenant, masks));
    if (kept) client.setQueryData(key, kept);
  };
  const open = (field: api.FieldOfClient) => setDraft({ ...field, options: field.options.join("\n") });
  const columns = [{ name: say("beside.fieldName") }, { name: say("beside.fieldKind") }, { name: say("finding.change"), right: true, silent: true }];
  return (
    <section aria-labelledby="fields" className="pt-8">
      <h2 id="fields" className="text-13 font-semibold">{say("beside.fieldsTitle")}</h2>
      <p className="pb-2 text-12 text-text-2">{say("beside.fieldsText")}</p>
      <Asked query={query} rows={3} small>
        {({ fields, masks_customers }) => (
          <div className="max-w-2xl">
            {fields.length === 0 ? (
              <Notice small icon="form" title={say("beside.noFields")} />
            ) : (
              <Table columns={columns} label={say("beside.fieldsTitle")}>
                {fields.map((field) => (
                  <Line key={field.id}>
                    <Cell className={field.is_active ? undefined : "text-text-3"}>{field.label}{!field.is_active && ` (${say("finding.outOfUse")})`}</Cell>
                    <Cell>{say(`beside.kinds.${field.kind}`)}</Cell>
                    <Cell right>
                      <Button small kind="quiet" aria-label={say("beside.changeField", { name: field.label })} onClick={() => open(field)}>
                        {say("finding.change")}
                      </Button>
                    </Cell>
                  </Line>
                ))}
              </Table>
            )}
            <Button small className="mt-3" onClick={() => setDraft({ id: null, label: "", kind: "text", options: "", is_personal: false, is_active: true })}>
              {say("beside.addField")}
            </Button>
            <label className="flex items-start gap-2 pt-4">
              <input type="checkbox" checked={masks_customers} disabled={!has(me, "operator")} onChange={(event) => void mask(event.target.checked)} className="mt-1 accent-(--accent)" />
              <span>
                {say("beside.masks")}
                {!has(me, "operator") && <span className="block text-12 text-text-3">{say("beside.masksText")}</span>}
              </span>
            </label>
          </div>
        )}
      </Asked>
      {draft && (
        <FieldDialog
          tenant={tenant}
          before={draft}
          onDone={(kept) => {
            setDraft(null);
            if (kept) client.setQueryData(key, kept);
          }}
        />
      )}
    </section>
  );
}

interface DialogProps {
  tenant: string;
  before: Draft;
  onDone: (kept?: Awaited<ReturnType<typeof api.fieldsOf>>) => void;
}

function FieldDialog({ tenant, before, onDone }: DialogProps) {
  const say = useWords();
  const shared = useShared();
  const [draft, setDraft] = useState(before);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const keep = useMutation({
    mutationFn: () => api.defineField(tenant, { ...draft, options: draft.kind === "choice" ? draft.options.split("\n").filter((one) => one.trim()) : [] }),
    onSuccess: (kept) => onDone(kept),
  });
  const error = keep.error instanceof ApiError ? keep.error.message : undefined;
  const footer = (
    <>
      <Button onClick={() => onDone()}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!draft.label.trim() || keep.isPending} onClick={() => keep.mutate()}>
        {say("finding.keep")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={() => onDone()} title={draft.id ? say("beside.changeField", { name: before.label }) : say("beside.addField")} footer={footer}>
      <form
        className="flex flex-col gap-3 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          keep.mutate();
        }}
      >
        <TextField label={say("beside.fieldName")} autoFocus maxLength={80} error={error} value={draft.label} onChange={(event) => set({ label: event.target.value })} />
        <SelectField label={say("beside.fieldKind")} value={draft.kind} disabled={draft.id !== null} onChange={(event) => set({ kind: event.target.value as Draft["kind"] })}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {say(`beside.kinds.${kind}`)}
            </option>
          ))}
        </SelectField>
        {draft.kind === "choice" && <TextArea label={say("beside.options")} rows={4} value={draft.options} onChange={(event) => set({ options: event.target.value })} />}
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={draft.is_personal} onChange={(event) => set({ is_personal: event.target.checked })} className="accent-(--accent)" />
          {say("beside.personal")}
        </label>
        {draft.id && (
          <label className="flex items-center gap-2">
            <input type="checkbox" checked={draft.is_active} onChange={(event) => set({ is_active: event.target.checked })} className="accent-(--accent)" />
            {say("beside.inUse")}
          </label>
        )}
      </form>
    </Dialog>
  );
}
