import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField } from "../../shared/components/Field";
import { useShared } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import type { Keep } from "./Beside";
import * as api from "./beside";

/** Masked by the server; shown for a reason, which is written down with who asked. */
export function RevealDialog({ tenant, customer, keep, onDone }: { tenant: string; customer: string; keep: Keep; onDone: () => void }) {
  const say = useWords();
  const shared = useShared();
  const [reason, setReason] = useState<(typeof api.REVEAL_REASONS)[number]>("verify");
  const submit = async () => {
    if (await keep(() => api.reveal(tenant, customer, reason))) onDone();
  };
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" onClick={() => void submit()}>
        {say("beside.revealNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("beside.revealTitle")} text={say("beside.revealText")} footer={footer}>
      <div className="pb-2">
        <SelectField label={say("beside.revealWhy")} autoFocus value={reason} onChange={(event) => setReason(event.target.value as typeof reason)}>
          {api.REVEAL_REASONS.map((each) => (
            <option key={each} value={each}>
              {say(`beside.revealReasons.${each}`)}
            </option>
          ))}
        </SelectField>
      </div>
    </Dialog>
  );
}
