import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea, TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { askClient } from "../api";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { useWords } from "../words/load";

interface Props {
  tenant: string;
  conversation: Conversation;
  onDone: () => void;
}

const KINDS = ["approval", "question"] as const;

/** What the agent may not decide alone: the client is asked, and says yes, no, or what it wants to know. */
export function AskClientDialog({ tenant, conversation, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("approval");
  const [asked, setAsked] = useState("");
  const [note, setNote] = useState("");
  const [amount, setAmount] = useState("");
  const [options, setOptions] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const client = conversation.shop.name;
  const submit = async () => {
    const given = options.split("\n").map((one) => one.trim()).filter(Boolean);
    const body = { kind, asked: asked.trim(), note: note.trim(), amount: amount || null, options: given, client_key: key };
    setIsBusy(true);
    const done = await attempt(() => askClient(tenant, conversation.id, body));
    setIsBusy(false);
    if (!done) return;
    onDone();
    toast(say("talk.ask.done", { client }));
    await sync();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="client" disabled={!asked.trim() || isBusy} onClick={() => void submit()}>
        {say("talk.ask.send", { client })}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("talk.ask.title", { client })} text={say("talk.ask.text")} footer={footer}>
      <div className="flex flex-col gap-4 pb-2">
        <fieldset>
          <legend className="pb-1 text-12 font-medium text-text-2">{say("talk.ask.kind")}</legend>
          <div className="flex flex-wrap gap-x-5 gap-y-1">
            {KINDS.map((each) => (
              <label key={each} className="flex items-center gap-1.5 text-13">
                <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} className="accent-(--accent)" />
                {say(`talk.ask.kinds.${each}`)}
              </label>
            ))}
          </div>
        </fieldset>
        <TextArea autoFocus label={say("talk.ask.what")} rows={3} maxLength={1000} value={asked} onChange={(event) => setAsked(event.target.value)} />
        <TextArea label={say("talk.ask.note")} hint={say("talk.ask.noteHint")} rows={2} maxLength={4000} value={note} onChange={(event) => setNote(event.target.value)} />
        {kind === "approval" && (
          <TextField type="number" inputMode="decimal" min="0.01" step="0.01" label={say("talk.ask.amount")} value={amount} onChange={(event) => setAmount(event.target.value)} />
        )}
        <TextArea label={say("talk.ask.options")} hint={say("talk.ask.optionsHint")} rows={2} value={options} onChange={(event) => setOptions(event.target.value)} />
      </div>
    </Dialog>
  );
}
