import { useQueryClient } from "@tanstack/react-query";
import { useState, type ChangeEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";

/** A table of replies: what it would change, then the change. */
export function ImportDialog({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const client = useQueryClient();
  const [content, setContent] = useState("");
  const [effects, setEffects] = useState<api.Effects | null>(null);
  const look = async (text: string) => {
    setContent(text);
    setEffects((await attempt(() => api.bring(tenant, text, false))) ?? null);
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (file) void file.text().then(look);
  };
  const write = async () => {
    const done = await attempt(() => api.bring(tenant, content, true));
    if (!done?.written) return setEffects(done ?? null);
    toast(say("playbook.upkeep.imported"));
    await client.invalidateQueries({ queryKey: ["shelf", tenant] });
    onClose();
  };
  const does = effects !== null && effects.wrong.length === 0 && effects.new.length + effects.changed.length > 0;
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!does} onClick={() => void write()}>
        {say("playbook.upkeep.write")}
      </Button>
    </>
  );
  return (
    <Dialog open wide onClose={onClose} title={say("playbook.upkeep.importTitle")} text={say("playbook.upkeep.importText")} footer={footer}>
      <label className="inline-flex h-8 cursor-pointer items-center rounded border border-line-strong px-3 text-13 font-medium focus-within:outline-2 hover:bg-surface-3">
        <input type="file" accept=".csv,text/csv" className="sr-only" onChange={pick} />
        {say("playbook.upkeep.choose")}
      </label>
      {effects && (
        <div role="status" className="flex flex-col gap-2 py-3 text-13">
          {effects.wrong.map((row, place) => (
            <p key={place} className="text-risk">
              {say("playbook.upkeep.wrongLine", { line: row.line, why: row.why })}
            </p>
          ))}
          {effects.new.length > 0 && <Names head={say("playbook.upkeep.willAdd", { count: effects.new.length })} names={effects.new} />}
          {effects.changed.length > 0 && <Names head={say("playbook.upkeep.willChange", { count: effects.changed.length })} names={effects.changed} />}
          {effects.same.length > 0 && <p className="text-text-2">{say("playbook.upkeep.same", { count: effects.same.length })}</p>}
        </div>
      )}
    </Dialog>
  );
}

function Names({ head, names }: { head: string; names: string[] }) {
  return (
    <p>
      <span className="font-medium">{head}</span>
      <span className="block text-text-2">{names.join(", ")}</span>
    </p>
  );
}
