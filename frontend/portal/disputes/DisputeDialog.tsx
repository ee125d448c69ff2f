import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import * as api from "../api";
import { useWords } from "../words/load";
import { nameClaim, nameOutcome } from "./words";

interface Props {
  clock: string;
  verdict: api.Verdict;
  onClose: () => void;
}

/** What it should count as, and why; that it can be said once is told before it is sent. */
export function DisputeDialog({ clock, verdict, onClose }: Props) {
  const say = useWords();
  const shared = useShared();
  const client = useQueryClient();
  const [claim, setClaim] = useState<api.Claim>(verdict.claims[0]!);
  const [reason, setReason] = useState("");
  const sending = useMutation({
    mutationFn: () => api.dispute(clock, { clause: verdict.code, claim, reason: reason.trim() }),
    onSuccess: async () => {
      toast(say("dispute.raised"));
      onClose();
      await Promise.all([client.invalidateQueries({ queryKey: ["recompute", clock] }), client.invalidateQueries({ queryKey: ["disputes"] })]);
    },
  });
  const footer = (
    <>
      <Button className="h-11 sm:h-8" onClick={onClose}>
        {shared("cancel")}
      </Button>
      <Button kind="primary" className="h-11 sm:h-8" disabled={!reason.trim() || sending.isPending} onClick={() => sending.mutate()}>
        {say("dispute.send")}
      </Button>
    </>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={say("dispute.title", { clause: verdict.title })}
      text={say("dispute.text", { outcome: nameOutcome(verdict.outcome, verdict.reason, say) })}
      footer={footer}
    >
      <fieldset className="pb-3">
        <legend className="pb-1 text-12 font-medium text-text-2">{say("dispute.claim")}</legend>
        {verdict.claims.map((each) => (
          <label key={each} className="flex min-h-11 items-center gap-2 text-13 sm:min-h-8">
            <input type="radio" name="claim" checked={claim === each} onChange={() => setClaim(each)} />
            {nameClaim(each, say)}
          </label>
        ))}
      </fieldset>
      <TextArea label={say("dispute.reason")} hint={say("dispute.reason_hint")} rows={4} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
      {sending.isError && (
        <p role="alert" className="pt-2 text-13 text-risk">
          {sending.error.message}
        </p>
      )}
    </Dialog>
  );
}
