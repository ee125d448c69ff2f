import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField, TextField } from "../../shared/components/Field";
import { useShared } from "../../shared/i18n/use";
import type { Conversation, HeldReply } from "../../shared/model";
import { now } from "../../shared/time/now";
import { changeHeld } from "../api";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import { lookAgain } from "./unsent";
import { asTyped, instantOf, mondayAt, tomorrowAt } from "./zones";

interface Props {
  tenant: string;
  conversation: Conversation;
  /** A reply that waits already and gets another time; without one, ``onPick`` is told. */
  held?: HeldReply;
  onPick?: (sendAt: string) => void;
  onDone: () => void;
}

const DAYS_MAX = 90;

/** When a reply is to leave, by one's own clock or by the shop's. */
export function LaterDialog({ tenant, conversation, held, onPick, onDone }: Props) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const client = useQueryClient();
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shop = conversation.shop.time_zone;
  const [zone, setZone] = useState(shop);
  const [typed, setTyped] = useState(() => asTyped(held ? Date.parse(held.send_at) : tomorrowAt(9, now(), shop), shop));
  const at = instantOf(typed, zone);
  const fits = at !== null && at > now() + 60_000 && at < now() + DAYS_MAX * 86_400_000;
  const turn = (to: string) => {
    setZone(to);
    if (at !== null) setTyped(asTyped(at, to));
  };
  const submit = async () => {
    if (at === null) return;
    const send_at = new Date(at).toISOString();
    if (!held) onPick?.(send_at);
    else if (!(await attempt(() => changeHeld(tenant, conversation.id, held.id, { send_at })))) return;
    if (held) void lookAgain(client, tenant, conversation.id);
    onDone();
  };
  const presets = [
    ["writing.presetHour", () => now() + 3_600_000],
    ["writing.presetTomorrow", () => tomorrowAt(9, now(), zone)],
    ["writing.presetMonday", () => mondayAt(9, now(), zone)],
  ] as const;
  const footer = (
    <>
      <Button onClick={onDone}>{shared("cancel")}</Button>
      <Button kind="primary" disabled={!fits} onClick={() => void submit()}>
        {say("writing.laterNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onDone} title={say("writing.laterTitle")} text={say("writing.laterText")} footer={footer}>
      <div className="flex flex-col gap-4 pb-2">
        <div className="flex flex-wrap gap-2">
          {presets.map(([name, of]) => (
            <Button key={name} small onClick={() => setTyped(asTyped(of(), zone))}>
              {say(name)}
            </Button>
          ))}
        </div>
        <TextField
          type="datetime-local"
          label={say("writing.when")}
          value={typed}
          error={fits ? undefined : say("writing.pastTime")}
          onChange={(event) => setTyped(event.target.value)}
        />
        {mine !== shop && (
          <SelectField label={say("writing.zone")} value={zone} onChange={(event) => turn(event.target.value)}>
            <option value={shop}>{say("writing.zoneShop", { zone: shop })}</option>
            <option value={mine}>{say("writing.zoneMine", { zone: mine })}</option>
          </SelectField>
        )}
      </div>
    </Dialog>
  );
}
