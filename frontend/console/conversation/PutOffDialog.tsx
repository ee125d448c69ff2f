import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea, TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation, Work } from "../../shared/model";
import { putOff } from "../api";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { useWords } from "../words/load";

interface Props {
  work: Work;
  conversation: Conversation;
  onDone: () => void;
}

/** Takes a conversation off the desk until a time: a call back, a parcel that arrives tomorrow. */
export function PutOffDialog({ work, conversation, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const navigate = useNavigate();
  const [until, setUntil] = useState(() => localTime(Date.now() + 3_600_000));
  const [note, setNote] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const number = conversation.case_number;
  const at = until ? new Date(until) : null;
  const submit = async () => {
    if (!at) return;
    const asked = { until: at.toISOString(), note: note.trim(), client_key: key };
    if (!(await attempt(() => putOff(work.id, asked).then(() => true)))) return;
    onDone();
    toast(say("talk.putOffDone", { number }));
    await navigate({ to: "/" });
    await sync();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!at} onClick={() => void submit()}>
        {say("talk.putOffNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("talk.putOffTitle", { number })} text={say("talk.putOffText")} footer={footer}>
      <div className="flex flex-col gap-4 pb-2">
        <TextField
          type="datetime-local"
          label={say("talk.putOffUntil")}
          value={until}
          min={localTime(Date.now())}
          onChange={(event) => setUntil(event.target.value)}
        />
        <TextArea label={say("talk.putOffNote")} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
      </div>
    </Dialog>
  );
}

/** An instant as the field wants it, in the browser's zone: "2026-11-03T14:05". */
function localTime(at: number): string {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
