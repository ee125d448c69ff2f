import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextArea } from "../../shared/components/Field";
import { Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { close } from "../api";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { useWords } from "../words/load";
import { threadKey } from "./thread";

interface Props {
  tenant: string;
  conversation: Conversation;
  onDone: () => void;
}

/** A contact reason by arrows or number, then Enter. */
export function CloseDialog({ tenant, conversation, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const { reasons, below, top, picked, setPicked } = useReasons(conversation);
  const [note, setNote] = useState("");
  const { submit, isBusy } = useClose({ tenant, conversation, picked, note, onDone });
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || !(event.target instanceof HTMLTextAreaElement))) {
      event.preventDefault();
      submit();
    }
    if (event.target instanceof HTMLTextAreaElement) return;
    const byNumber = /^[1-9]$/.test(event.key) ? reasons[Number(event.key) - 1] : undefined;
    if (byNumber && !(event.target instanceof HTMLSelectElement)) setPicked(byNumber.code);
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!picked || isBusy} onClick={submit} keys="⏎">
        {say("talk.closeNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("talk.closeTitle", { number: conversation.case_number })} text={say("talk.closeText")} footer={footer}>
      <div onKeyDown={onKey} className="flex flex-col gap-4 pb-2">
        {reasons.length === 0 ? <Notice title={say("talk.noReasons")} small /> : <Reasons reasons={reasons} picked={top} onPick={setPicked} />}
        {below.length > 0 && <BelowReasons reasons={below} picked={picked} onPick={setPicked} />}
        <TextArea label={say("talk.closeNote")} rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
      </div>
    </Dialog>
  );
}

/** The first level, what is below the one chosen, and the code that a conversation is closed with. */
function useReasons({ contact_reasons: all, contact_reason: before }: Conversation) {
  const reasons = all.filter((reason) => !reason.parent);
  const [picked, setPicked] = useState(all.some((reason) => reason.code === before) ? before : reasons[0]?.code || "");
  const top = all.find((reason) => reason.code === picked)?.parent ?? picked;
  const below = all.filter((reason) => reason.parent === top);
  const exact = below.length > 0 && picked === top ? "" : picked;
  return { reasons, below, top, picked: exact, setPicked };
}

function BelowReasons({ reasons, picked, onPick }: ReasonsProps) {
  const say = useWords();
  return (
    <SelectField label={say("finding.moreExactly")} value={picked} required onChange={(event) => onPick(event.target.value)}>
      <option value="" disabled />
      {reasons.map((reason) => (
        <option key={reason.code} value={reason.code}>
          {reason.label}
        </option>
      ))}
    </SelectField>
  );
}

interface ReasonsProps {
  reasons: Conversation["contact_reasons"];
  picked: string;
  onPick: (code: string) => void;
}

function Reasons({ reasons, picked, onPick }: ReasonsProps) {
  const say = useWords();
  const chosen = useRef<HTMLInputElement>(null);
  useEffect(() => chosen.current?.focus(), [picked]);
  return (
    <fieldset>
      <legend className="sr-only">{say("talk.closeReason")}</legend>
      {reasons.map((reason, place) => (
        <label
          key={reason.code}
          className={cx("flex h-8 cursor-pointer items-center gap-2.5 rounded-sm px-2 text-13", picked === reason.code ? "bg-surface-4 font-medium" : "hover:bg-surface-3")}
        >
          <input
            ref={picked === reason.code ? chosen : undefined}
            type="radio"
            name="reason"
            value={reason.code}
            checked={picked === reason.code}
            onChange={() => onPick(reason.code)}
            className="accent-(--accent)"
          />
          <span className="flex-1">{reason.label}</span>
          {place < 9 && <kbd className="font-sans text-12 text-text-3">{place + 1}</kbd>}
        </label>
      ))}
    </fieldset>
  );
}

function useClose({ tenant, conversation, picked, note, onDone }: Props & { picked: string; note: string }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setIsBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const submit = async () => {
    if (!picked || isBusy) return;
    setIsBusy(true);
    const done = await attempt(() => close(tenant, conversation.id, picked, note.trim(), key).then(() => true));
    setIsBusy(false);
    if (!done) return;
    onDone();
    toast(say("talk.closed", { number: conversation.case_number }));
    await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id), refetchType: "none" });
    await navigate({ to: "/" });
    await sync();
  };
  return { submit: () => void submit(), isBusy };
}
