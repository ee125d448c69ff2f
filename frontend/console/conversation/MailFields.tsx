import { useState } from "react";

import { TextField } from "../../shared/components/Field";
import type { Conversation } from "../../shared/model";
import { useWords } from "../words/load";
import { MOST, split, wrongIn } from "./addresses";
import type { Envelope } from "./drafts";

interface Props {
  conversation: Conversation;
  envelope: Envelope;
  onChange: (envelope: Envelope) => void;
}

/** To whom a mail goes and under which subject: as the conversation has it, unless the agent writes otherwise. */
export function MailFields({ conversation, envelope, onChange }: Props) {
  const say = useWords();
  const [opened, setOpened] = useState(false);
  const isOpen = opened || Object.values(envelope).some(Boolean);
  const address = conversation.customer.identities.findLast((each) => each.kind === "email")?.address ?? "";
  if (!isOpen)
    return (
      <button type="button" onClick={() => setOpened(true)} className="block max-w-full truncate px-3 pt-1.5 text-12 text-text-2 hover:underline">
        {address && `${say("writing.to")} ${address} · `}
        {say("writing.edit")}
      </button>
    );
  const problem = (field: "to" | "cc") => {
    const typed = envelope[field] ?? "";
    const wrong = wrongIn(typed);
    if (wrong) return say("writing.badAddress", { address: wrong });
    return split(typed).length > MOST[field] ? say("writing.tooManyAddresses", { count: MOST[field] }) : undefined;
  };
  const set = (field: keyof Envelope) => ({
    value: envelope[field] ?? "",
    onChange: (event: { target: { value: string } }) => onChange({ ...envelope, [field]: event.target.value }),
  });
  return (
    <div className="grid gap-2 border-b border-line px-3 py-2 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <TextField label={say("writing.subject")} placeholder={conversation.subject || say("writing.asIs")} maxLength={200} {...set("subject")} />
      </div>
      <TextField label={say("writing.to")} placeholder={address || say("writing.asIs")} error={problem("to")} inputMode="email" autoComplete="off" {...set("to")} />
      <TextField label={say("writing.cc")} placeholder={say("writing.addressHint")} error={problem("cc")} inputMode="email" autoComplete="off" {...set("cc")} />
    </div>
  );
}
