import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { SelectField, TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

/** Keeps the operators of a search under a name: for me, or for everybody who serves a client. */
export function SaveView({ query }: { query: string }) {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState("");
  const save = useMutation({
    mutationFn: () => api.saveView(name.trim(), query, tenant || null),
    onSuccess: async () => {
      setOpen(false);
      toast(say("finding.saved", { name: name.trim() }));
      await client.invalidateQueries({ queryKey: api.viewsKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) save.mutate();
  };
  if (!open)
    return (
      <Button small className="mt-2" onClick={() => setOpen(true)}>
        {say("finding.save")}
      </Button>
    );
  return (
    <form onSubmit={submit} className="mt-2 flex flex-col gap-2 border-t border-line pt-2">
      <TextField label={say("finding.viewName")} autoFocus maxLength={60} value={name} error={save.error instanceof ApiError ? save.error.message : undefined} onChange={(event) => setName(event.target.value)} />
      {has(me, "supervisor", "operator") && (
        <SelectField label={say("finding.shareWith")} value={tenant} onChange={(event) => setTenant(event.target.value)}>
          <option value="">{say("finding.onlyMe")}</option>
          {me.clients.map((each) => (
            <option key={each.id} value={each.id}>
              {say("finding.teamOf", { name: each.name })}
            </option>
          ))}
        </SelectField>
      )}
      <div className="flex gap-2">
        <Button small kind="primary" type="submit" disabled={!name.trim() || save.isPending}>
          {say("finding.saveNow")}
        </Button>
        <Button small onClick={() => setOpen(false)}>
          {say("finding.dont")}
        </Button>
      </div>
    </form>
  );
}
