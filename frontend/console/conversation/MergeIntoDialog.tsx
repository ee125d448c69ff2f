import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { useWords } from "../words/load";
import * as api from "./related";
import { threadKey } from "./thread";

interface Props {
  tenant: string;
  conversation: Conversation;
  into: { id: string; case_number: string };
  onDone: () => void;
}

/** Closes this case and leads it into another one of the same customer; opening it again takes them apart. */
export function MergeIntoDialog({ tenant, conversation, into, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const reasons = conversation.contact_reasons.filter((reason) => !conversation.contact_reasons.some((other) => other.parent === reason.code));
  const [reason, setReason] = useState(reasons[0]?.code ?? "");
  const isOpen = conversation.status !== "closed";
  const submit = async () => {
    if (!(await attempt(() => api.mergeInto(tenant, conversation.id, into.id, isOpen ? reason : "")))) return;
    onDone();
    toast(say("related.mergedInto", { number: into.case_number }));
    await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id) });
    await navigate({ to: "/c/$tenant/$conversation", params: { tenant, conversation: into.id } });
    await sync();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={isOpen && !reason} onClick={() => void submit()}>
        {say("related.mergeNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("related.mergeTitle", { one: conversation.case_number, other: into.case_number })} text={say("related.mergeText", { one: conversation.case_number, other: into.case_number })} footer={footer}>
      {isOpen && (
        <div className="pb-2">
          <SelectField label={say("talk.closeReason")} autoFocus value={reason} onChange={(event) => setReason(event.target.value)}>
            {reasons.map((each) => (
              <option key={each.code} value={each.code}>
                {each.label}
              </option>
            ))}
          </SelectField>
        </div>
      )}
    </Dialog>
  );
}
