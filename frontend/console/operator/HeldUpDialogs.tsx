import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextArea } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";

interface Props {
  tenant: string;
  id: string;
  onClose: () => void;
}

/** The whole reason; that it was read is written down, so it is asked for once an opening. */
export function ReasonDialog({ tenant, id, onClose }: Props) {
  const say = useWords();
  const query = useQuery({ queryKey: ["heldUp", tenant, id], queryFn: () => api.openQuarantined(tenant, id), staleTime: Infinity, gcTime: 0 });
  return (
    <Dialog open wide onClose={onClose} title={say("heldUp.openTitle")} text={say("heldUp.openText")}>
      <Asked query={query}>
        {(row) => (
          <div className="flex flex-col gap-3 pb-3 text-13">
            <p className="font-mono break-words whitespace-pre-wrap">{row.error}</p>
            <p className="text-12 text-text-3">
              {say("heldUp.fingerprint")} <span className="font-mono break-all">{row.sha256}</span>
            </p>
          </div>
        )}
      </Asked>
    </Dialog>
  );
}

export function AsideDialog({ tenant, id, onClose, onDone }: Props & { onDone: () => void }) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const [reason, setReason] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    const done = await attempt(() => api.setAside(tenant, id, reason.trim()));
    setIsBusy(false);
    if (done) onDone();
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!reason.trim() || isBusy} onClick={() => void submit()}>
        {say("heldUp.asideNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("heldUp.asideTitle")} text={say("heldUp.asideText")} footer={footer}>
      <div className="pb-3">
        <TextArea label={say("heldUp.asideReason")} rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </div>
    </Dialog>
  );
}
