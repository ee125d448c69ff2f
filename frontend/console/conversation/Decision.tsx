import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import type { Message } from "../../shared/model";
import * as api from "../api";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import { grow, putMessages } from "./thread";

interface Props {
  message: Message;
  tenant: string;
  conversation: string;
}

/** Nobody but a person can say what became of it: it arrived, or it is to leave once more. */
export function Decision({ message, tenant, conversation }: Props) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const [keys] = useState(() => ({ arrived: crypto.randomUUID(), send_again: crypto.randomUUID() }));
  const decide = async (decision: keyof typeof keys) => {
    setIsBusy(true);
    const decided = await attempt(() => api.decide(tenant, conversation, message.id, decision, keys[decision]));
    setIsBusy(false);
    if (!decided) return;
    putMessages(client, tenant, conversation, [decided]);
    await grow(client, tenant, conversation);
  };
  return (
    <div role="group" aria-label={say("talk.decide")} className="flex flex-wrap gap-2">
      {message.delivery === "unknown" && (
        <Button small disabled={isBusy} onClick={() => void decide("arrived")}>
          {say("talk.itArrived")}
        </Button>
      )}
      <Button small disabled={isBusy} onClick={() => void decide("send_again")}>
        {say("talk.retry")}
      </Button>
    </div>
  );
}
