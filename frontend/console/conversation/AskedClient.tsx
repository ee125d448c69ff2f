import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { takeBack } from "../api";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import { threadKey } from "./thread";

/** What the client is asked about this conversation, above all that was said, until it is settled. */
export function AskedClient({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const language = useLanguage();
  const [isAsking, setIsAsking] = useState(false);
  const { approval, shop } = conversation;
  if (!approval) return null;
  const isLate = approval.is_late;
  const { sent, waiting, failed } = approval.letters;
  return (
    <div role="note" className="flex shrink-0 flex-wrap items-start gap-x-3 gap-y-1 border-b border-line bg-surface-3 px-4 py-2 text-13">
      <Icon name="pause" size={14} className="mt-0.5 text-text-2" />
      <div className="min-w-0 flex-1">
        <p className="line-clamp-2 wrap-anywhere" title={approval.asked}>
          <span className="font-semibold">{say("talk.ask.waits", { client: shop.name })}</span> {approval.asked}
        </p>
        <p className="text-12 text-text-2">
          {approval.due_at && (
            <span className={isLate ? "font-semibold text-risk" : undefined}>
              {say(isLate ? "talk.ask.overdue" : "talk.ask.due", { time: asInstant(approval.due_at, language) })}
            </span>
          )}{" "}
          {failed > 0 ? say("talk.ask.lettersFailed", { count: failed }) : waiting > 0 ? say("talk.ask.lettersWait") : sent > 0 ? say("talk.ask.lettersSent", { count: sent }) : ""}
        </p>
      </div>
      <Button small onClick={() => setIsAsking(true)}>
        {say("talk.ask.takeBack")}
      </Button>
      {isAsking && <TakeBack {...{ tenant, conversation }} approval={approval.id} onDone={() => setIsAsking(false)} />}
    </div>
  );
}

function TakeBack({ tenant, conversation, approval, onDone }: { tenant: string; conversation: Conversation; approval: string; onDone: () => void }) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const client = useQueryClient();
  const submit = async () => {
    const done = await attempt(() => takeBack(tenant, conversation.id, approval));
    onDone();
    if (done) toast(say("talk.ask.takenBack"));
    await client.invalidateQueries({ queryKey: threadKey(tenant, conversation.id) });
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" onClick={() => void submit()}>
        {say("talk.ask.takeBackNow")}
      </Button>
    </>
  );
  return <Dialog open onClose={onDone} title={say("talk.ask.takeBackTitle")} text={say("talk.ask.takeBackText", { client: conversation.shop.name })} footer={footer} />;
}
