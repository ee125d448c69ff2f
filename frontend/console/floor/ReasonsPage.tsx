import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { choicesOf, reasonsQuery, type Reason, type ReasonStatus } from "../desk/reasons";
import { StateMark } from "../desk/StateMenu";
import { useWords } from "../words/load";
import * as api from "./api";
import { FloorFrame } from "./FloorFrame";

function useReasonActs() {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const run = async (act: () => Promise<Reason[]>, done: string, undo?: () => Promise<Reason[]>): Promise<boolean> => {
    setIsBusy(true);
    const rows = await attempt(act);
    setIsBusy(false);
    if (!rows) return false;
    client.setQueryData(reasonsQuery.queryKey, rows);
    toast(done, undo && { act: { label: say("people.undo"), run: () => void run(undo, say("operator.doneNow")) } });
    return true;
  };
  return { run, isBusy };
}

/** The reasons that agents choose from, in the order in which their menu shows them. */
export function ReasonsPage() {
  const say = useWords();
  const query = useQuery({ ...reasonsQuery, staleTime: 0 });
  const [isAdding, setIsAdding] = useState(false);
  const [renamed, setRenamed] = useState<Reason | null>(null);
  const add = (
    <Button kind="primary" onClick={() => setIsAdding(true)}>
      {say("floor.addReason")}
    </Button>
  );
  return (
    <FloorFrame acts={add}>
      <p className="max-w-2xl pb-4 text-13 text-text-2">{say("floor.reasonsText")}</p>
      <Asked query={query}>
        {(rows) => (
          <div className="flex max-w-2xl flex-col gap-8">
            {choicesOf(rows.filter((row) => !row.is_retired)).map(({ status, reasons }) => (
              <section key={status} aria-label={say(`desk.states.${status}`)}>
                <h2 className="flex items-center gap-2 pb-1 text-13 font-semibold">
                  <StateMark status={status} />
                  {say(`desk.states.${status}`)}
                </h2>
                {reasons.length === 0 && <Notice small title={say("floor.noReasons")} />}
                <ul>
                  {reasons.map((reason, place) => (
                    <Offered key={reason.code} reason={reason} place={place} all={reasons} onRename={() => setRenamed(reason)} />
                  ))}
                </ul>
              </section>
            ))}
            <Retired rows={rows.filter((row) => row.is_retired)} />
          </div>
        )}
      </Asked>
      {isAdding && <AddDialog onClose={() => setIsAdding(false)} />}
      {renamed && <RenameDialog reason={renamed} onClose={() => setRenamed(null)} />}
    </FloorFrame>
  );
}

interface OfferedProps {
  reason: Reason;
  place: number;
  all: Reason[];
  onRename: () => void;
}

function Offered({ reason, place, all, onRename }: OfferedProps) {
  const say = useWords();
  const { run, isBusy } = useReasonActs();
  const { code, status, name } = reason;
  const moveTo = (to: number) => {
    const codes = all.map((each) => each.code);
    const before = [...codes];
    codes.splice(to, 0, ...codes.splice(place, 1));
    return run(
      () => api.orderReasons({ status, codes }),
      say("floor.reasonMoved", { name }),
      () => api.orderReasons({ status, codes: before }),
    );
  };
  const retire = () =>
    run(
      () => api.changeReason({ code, is_retired: true }),
      say("floor.reasonRetired", { name }),
      () => api.changeReason({ code, is_retired: false }),
    );
  return (
    <li className="flex min-h-10 items-center gap-1 border-b border-line text-13">
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <IconButton label={say("floor.moveUp", { name })} disabled={isBusy || place === 0} onClick={() => void moveTo(place - 1)}>
        <Icon name="down" className="rotate-180" />
      </IconButton>
      <IconButton label={say("floor.moveDown", { name })} disabled={isBusy || place === all.length - 1} onClick={() => void moveTo(place + 1)}>
        <Icon name="down" />
      </IconButton>
      <Button small kind="quiet" onClick={onRename} aria-label={`${say("people.rename")}: ${name}`}>
        {say("people.rename")}
      </Button>
      <Button small kind="quiet" disabled={isBusy} onClick={() => void retire()} aria-label={`${say("floor.retire")}: ${name}`}>
        {say("floor.retire")}
      </Button>
    </li>
  );
}

function Retired({ rows }: { rows: Reason[] }) {
  const say = useWords();
  const { run, isBusy } = useReasonActs();
  if (rows.length === 0) return null;
  return (
    <section aria-label={say("floor.retired")}>
      <h2 className="text-13 font-semibold">{say("floor.retired")}</h2>
      <p className="pb-1 text-12 text-text-3">{say("floor.retiredText")}</p>
      <ul>
        {rows.map((row) => (
          <li key={row.code} className="flex min-h-10 items-center gap-2 border-b border-line text-13 text-text-2">
            <StateMark status={row.status} />
            <span className="min-w-0 flex-1 truncate">{row.name}</span>
            <Button
              small
              kind="quiet"
              disabled={isBusy}
              aria-label={`${say("floor.restore")}: ${row.name}`}
              onClick={() => void run(() => api.changeReason({ code: row.code, is_retired: false }), say("floor.reasonRestored", { name: row.name }))}
            >
              {say("floor.restore")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RenameDialog({ reason, onClose }: { reason: Reason; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useReasonActs();
  const [name, setName] = useState(reason.name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { code, own_name: before } = reason;
    const undo = () => api.changeReason({ code, name: before });
    if (await run(() => api.changeReason({ code, name }), say("floor.reasonRenamed", { name }), undo)) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="rename-reason" kind="primary" disabled={isBusy || !name.trim()}>
        {say("people.rename")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("people.rename")} text={say("floor.renameText")} footer={footer}>
      <form id="rename-reason" onSubmit={(event) => void submit(event)} className="pb-3">
        <TextField label={say("operator.name")} required autoFocus maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const { run, isBusy } = useReasonActs();
  const [name, setName] = useState("");
  const [status, setStatus] = useState<ReasonStatus>("break");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => api.addReason({ name, status }), say("floor.reasonAdded", { name }))) onClose();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="add-reason" kind="primary" disabled={isBusy || !name.trim()}>
        {say("floor.addReason")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("floor.addReason")} footer={footer}>
      <form id="add-reason" onSubmit={(event) => void submit(event)} className="grid gap-3 pb-3">
        <SelectField label={say("floor.ofState")} value={status} onChange={(event) => setStatus(event.target.value as ReasonStatus)}>
          {choicesOf([]).map((choice) => (
            <option key={choice.status} value={choice.status}>
              {say(`desk.states.${choice.status}`)}
            </option>
          ))}
        </SelectField>
        <TextField label={say("operator.name")} required autoFocus maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />
      </form>
    </Dialog>
  );
}
