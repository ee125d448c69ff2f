import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Evaluation } from "../../shared/model";
import { asInstant } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { DisputeForm } from "./DisputeForm";

/** What its agent, or a supervisor, may do with an evaluation now. */
export function Acts({ evaluation }: { evaluation: Evaluation }) {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const { run, isBusy } = useAct(evaluation);
  const [isDisputing, setIsDisputing] = useState(false);
  const { tenant, id, released_at, acknowledged_at, dispute_until } = evaluation;
  const isMine = evaluation.agent.id === me.id;
  const canDispute = isMine && !acknowledged_at && !evaluation.disputes.some((each) => each.side === "agent") && Date.parse(dispute_until ?? "") > Date.now();
  const canAccept = isMine && !acknowledged_at && evaluation.dispute_state !== "open";
  if (!released_at)
    return (
      <p className="mb-4 flex flex-wrap items-center gap-3 text-13 text-text-2">
        {say("quality.waitsUntil", { at: evaluation.release_on ? asInstant(evaluation.release_on, language) : "" })}
        {has(me, "supervisor") && (
          <Button small disabled={isBusy} onClick={() => void run(() => api.release(tenant.id, id), say("quality.releasedNow", { name: evaluation.agent.name }))}>
            {say("quality.releaseNow")}
          </Button>
        )}
      </p>
    );
  if (!isMine && !acknowledged_at) return null;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3 text-13 text-text-2">
      {acknowledged_at && <p>{say("quality.acceptedAt", { at: asInstant(acknowledged_at, language) })}</p>}
      {canAccept && (
        <Button kind="primary" disabled={isBusy} onClick={() => void run(() => api.acknowledge(tenant.id, id), say("quality.acceptedIt"))}>
          {say("quality.accept")}
        </Button>
      )}
      {canDispute && <Button onClick={() => setIsDisputing(true)}>{say("quality.dispute")}</Button>}
      {canDispute && <p className="text-12">{say("quality.disputeUntil", { at: asInstant(dispute_until!, language) })}</p>}
      {isDisputing && <DisputeForm evaluation={evaluation} onClose={() => setIsDisputing(false)} />}
    </div>
  );
}

export function useAct(evaluation: { tenant: { id: string }; id: string }) {
  const client = useQueryClient();
  const attempt = useTry();
  const [isBusy, setIsBusy] = useState(false);
  const run = async (act: () => Promise<Evaluation>, done: string): Promise<boolean> => {
    setIsBusy(true);
    const fresh = await attempt(act);
    setIsBusy(false);
    if (fresh) {
      client.setQueryData(["evaluation", evaluation.tenant.id, evaluation.id], fresh);
      toast(done);
    } else await client.invalidateQueries({ queryKey: ["evaluation", evaluation.tenant.id, evaluation.id] });
    await Promise.all([client.invalidateQueries({ queryKey: ["evaluations"] }), client.invalidateQueries({ queryKey: ["evaluation-disputes"] })]);
    return Boolean(fresh);
  };
  return { run, isBusy };
}
