import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { CustomerRecord } from "../../shared/model";
import { useTry } from "../desk/actions";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { erase, REASONS, type Reason } from "./api";

interface Props {
  tenant: string;
  record: CustomerRecord;
  open: boolean;
  onClose: () => void;
}

const same = (typed: string, wanted: string) => typed.trim().toLowerCase() === wanted.trim().toLowerCase();

/** What cannot be undone: says what goes, what stays and why, and asks for the person's address to be typed. */
export function EraseDialog({ tenant, record, open, onClose }: Props) {
  const say = useWords();
  const shared = useShared();
  const form = useErasing(tenant, record, onClose);
  const client = useMe().clients.find((each) => each.id === tenant)?.name ?? "";
  const isBarred = record.still_open.length > 0;
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" type="submit" form="erase" disabled={isBarred || form.isBusy || !same(form.typed, record.confirm_with)}>
        {say("rights.eraseNow")}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={onClose} wide title={say("rights.eraseTitle", { name: record.name || say("talk.noName"), client })} text={say("rights.eraseText")} footer={footer}>
      <form id="erase" onSubmit={(event) => void form.submit(event)} className="flex flex-col gap-4 pb-3 text-13">
        <Consequences record={record} />
        {isBarred ? (
          <StillOpen tenant={tenant} record={record} />
        ) : (
          <>
            <SelectField label={say("rights.reason")} value={form.reason} onChange={(event) => form.setReason(event.target.value as Reason)}>
              {REASONS.map((reason) => (
                <option key={reason} value={reason}>
                  {say(`rights.reasons.${reason}`)}
                </option>
              ))}
            </SelectField>
            <TextField
              label={say("rights.confirm", { words: record.confirm_with })}
              autoComplete="off"
              spellCheck={false}
              maxLength={254}
              value={form.typed}
              error={form.error}
              onChange={(event) => form.setTyped(event.target.value)}
            />
          </>
        )}
      </form>
    </Dialog>
  );
}

function useErasing(tenant: string, record: CustomerRecord, onClose: () => void) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState<Reason>("person");
  const [error, setError] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const run = async () => {
    try {
      return await erase(tenant, record.id, typed, reason);
    } catch (problem) {
      if (problem instanceof ApiError && problem.fields.confirm) setError(problem.fields.confirm);
      // Meanwhile somebody may have opened a conversation, or erased the person.
      void client.invalidateQueries({ queryKey: ["customer", tenant, record.id] });
      throw problem;
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!same(typed, record.confirm_with)) return;
    setIsBusy(true);
    const proof = await attempt(run);
    setIsBusy(false);
    if (!proof) return;
    onClose();
    toast(say("rights.erasedDone"));
    await client.invalidateQueries({ queryKey: ["customer", tenant, record.id] });
    for (const queryKey of [["erasures", tenant], ["thread"], ["search"]]) void client.invalidateQueries({ queryKey });
  };
  return { typed, setTyped: (words: string) => (setError(""), setTyped(words)), reason, setReason, error, isBusy, submit };
}

function Consequences({ record }: { record: CustomerRecord }) {
  const say = useWords();
  const { conversations, messages, files, evaluations } = record.held;
  const goes = [
    say("rights.goesName", { count: record.addresses.length }),
    say("rights.goesSaid", { count: conversations, messages }),
    files > 0 && say("rights.goesFiles", { count: files }),
    evaluations > 0 && say("rights.goesComments", { count: evaluations }),
    say("rights.goesRaw"),
  ].filter((line) => line !== false);
  const stays = [say("rights.staysBooks"), say("rights.staysNumber"), say("rights.staysBackups")];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Points title={say("rights.goes")} points={goes} />
      <Points title={say("rights.stays")} points={stays} />
    </div>
  );
}

function Points({ title, points }: { title: string; points: string[] }) {
  return (
    <section>
      <h3 className="pb-1 font-semibold">{title}</h3>
      <ul className="list-disc space-y-1 pl-4 text-text-2">
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </section>
  );
}

function StillOpen({ tenant, record }: { tenant: string; record: CustomerRecord }) {
  const say = useWords();
  const open = record.conversations.filter((each) => each.status !== "closed");
  const unlisted = record.still_open.filter((number) => !open.some((each) => each.case_number === number));
  return (
    <p role="alert" className="rounded bg-risk-soft px-3 py-2 text-risk">
      {say("rights.stillOpen", { count: record.still_open.length })}{" "}
      {open.map((each) => (
        <Link key={each.id} to="/c/$tenant/$conversation" params={{ tenant, conversation: each.id }} className="num mr-2 whitespace-nowrap underline">
          {each.case_number}
        </Link>
      ))}
      {unlisted.join(" ")}
    </p>
  );
}
