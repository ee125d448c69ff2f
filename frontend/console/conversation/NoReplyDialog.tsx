import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { needNoReply } from "../api";
import { useTry } from "../desk/actions";
import { sync } from "../desk/sync";
import { useWords } from "../words/load";

interface Props {
  tenant: string;
  conversation: Conversation;
  onDone: () => void;
}

/** "Thanks" wants no answer: its promise is taken out of the count, which is said before. */
export function NoReplyDialog({ tenant, conversation, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const [key] = useState(() => crypto.randomUUID());
  const number = conversation.case_number;
  const submit = async () => {
    if (!(await attempt(() => needNoReply(tenant, conversation.id, key).then(() => true)))) return;
    onDone();
    toast(say("talk.noReplyDone", { number }));
    await sync();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" onClick={() => void submit()}>
        {say("talk.noReplyNow")}
      </Button>
    </>
  );
  return <Dialog open onClose={onDone} title={say("talk.noReplyTitle", { number })} text={say("talk.noReplyText")} footer={footer} />;
}
