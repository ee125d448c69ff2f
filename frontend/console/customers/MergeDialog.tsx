import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { TextField } from "../../shared/components/Field";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import type { Keep } from "./Beside";
import * as api from "./beside";

/** Another record of the same person becomes part of this one; for a day they can be taken apart again. */
export function MergeDialog({ tenant, shown, keep, onDone }: { tenant: string; shown: api.Beside; keep: Keep; onDone: () => void }) {
  const say = useWords();
  const shared = useShared();
  const [words, setWords] = useState("");
  const [picked, setPicked] = useState("");
  const asked = useDeferredValue(words.trim());
  const query = useQuery({
    queryKey: ["merge", tenant, shown.id, asked],
    queryFn: () => api.candidates(tenant, shown.id, asked),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const submit = async () => {
    if (!(await keep(() => api.absorb(tenant, shown.id, picked)))) return;
    toast(say("beside.mergeDone"));
    onDone();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!picked} onClick={() => void submit()}>
        {say("beside.mergeNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("beside.mergeTitle", { name: shown.name || say("talk.noName") })} text={say("beside.mergeText")} footer={footer}>
      <div className="flex flex-col gap-3 pb-2">
        <TextField type="search" label={say("beside.mergeFind")} autoFocus maxLength={254} value={words} onChange={(event) => setWords(event.target.value)} />
        <Asked query={query} rows={3} small isEmpty={(rows) => rows.length === 0} empty={<Notice small icon="person" title={say("beside.mergeNobody")} text={say("beside.mergeNobodyText")} />}>
          {(rows) => (
            <fieldset>
              <legend className="sr-only">{say("beside.mergeFind")}</legend>
              {rows.map((row) => (
                <label key={row.id} className={cx("flex cursor-pointer items-start gap-2.5 rounded-sm px-2 py-1.5", picked === row.id ? "bg-surface-4" : "hover:bg-surface-3")}>
                  <input type="radio" name="absorbed" checked={picked === row.id} onChange={() => setPicked(row.id)} className="mt-1 accent-(--accent)" />
                  <span className="min-w-0">
                    <span className="block font-medium">{row.name || say("talk.noName")}</span>
                    <span className="block text-12 break-all text-text-2">
                      {[...row.addresses, say("beside.cases", { count: row.cases })].join(" · ")}
                    </span>
                  </span>
                </label>
              ))}
            </fieldset>
          )}
        </Asked>
      </div>
    </Dialog>
  );
}
