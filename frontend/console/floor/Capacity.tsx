import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useShared } from "../../shared/i18n/use";
import { useTry } from "../desk/actions";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";

const MOST = 10;
const upTo = (most: number) => Array.from({ length: most + 1 }, (_, number) => number);

export const capacityKey = (agent: string) => ["capacity", agent];

/** How much one agent takes at once, in all and of each channel. */
export function CapacityDialog({ agent, onClose }: { agent: string; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const query = useQuery({ queryKey: capacityKey(agent), queryFn: () => api.capacity(agent), staleTime: 0 });
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button type="submit" form="capacity" kind="primary" disabled={!query.data}>
        {say("floor.saveCapacity")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={query.data ? say("floor.capacityOf", { name: query.data.agent.name }) : say("floor.capacity")} text={say("floor.capacityText")} footer={footer}>
      <Asked query={query} small rows={3}>
        {(found) => <Form key={agent} found={found} onDone={onClose} />}
      </Asked>
    </Dialog>
  );
}

function Form({ found, onDone }: { found: api.Capacity; onDone: () => void }) {
  const say = useWords();
  const { save } = useSaving(found);
  const [capacity, setCapacity] = useState(found.capacity);
  const [units, setUnits] = useState(() => Object.fromEntries(found.channels.map((each) => [each.channel, each.units])));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const channels = found.channels.map(({ channel }) => ({ channel, units: Math.min(units[channel] ?? 0, capacity) }));
    if (await save({ capacity, channels })) onDone();
  };
  // Who took everything of a channel goes on doing so.
  const widen = (wider: number) => {
    setUnits((before) => Object.fromEntries(Object.entries(before).map(([channel, most]) => [channel, most === capacity && most > 0 ? wider : Math.min(most, wider)])));
    setCapacity(wider);
  };
  return (
    <form id="capacity" onSubmit={(event) => void submit(event)} className="grid grid-cols-2 gap-3 pb-3">
      <div className="col-span-2">
        <SelectField label={say("floor.inAll")} hint={say("floor.inHandNow", { load: found.load })} value={capacity} onChange={(event) => widen(Number(event.target.value))}>
          {upTo(Math.max(MOST, found.capacity)).map((number) => (
            <option key={number} value={number} disabled={number < found.load}>
              {number}
            </option>
          ))}
        </SelectField>
      </div>
      {found.channels.map(({ channel }) => (
        <SelectField
          key={channel}
          label={channelWord(channel, say)}
          value={Math.min(units[channel] ?? 0, capacity)}
          onChange={(event) => setUnits({ ...units, [channel]: Number(event.target.value) })}
        >
          {upTo(capacity).map((number) => (
            <option key={number} value={number}>
              {number === 0 ? say("floor.closedChannel") : number}
            </option>
          ))}
        </SelectField>
      ))}
    </form>
  );
}

function useSaving(found: api.Capacity) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const write = async (body: Pick<api.Capacity, "capacity" | "channels">) => {
    const now = await attempt(() => api.setCapacity(found.agent.id, body));
    if (now) client.setQueryData(capacityKey(found.agent.id), now);
    await client.invalidateQueries({ queryKey: ["floor"] });
    return now !== undefined;
  };
  const save = async (body: Pick<api.Capacity, "capacity" | "channels">) => {
    const isSaved = await write(body);
    const before = { capacity: found.capacity, channels: found.channels };
    if (isSaved) toast(say("floor.capacitySaved", { name: found.agent.name }), { act: { label: say("people.undo"), run: () => void write(before) } });
    return isSaved;
  };
  return { save };
}

/** In words, on a person's card: "4 at once · chat 2 · mail 4". */
export function CapacityLine({ found }: { found: api.Capacity }) {
  const say = useWords();
  const open = found.channels.filter((each) => each.units > 0);
  return (
    <p className="num text-13">
      {say("floor.atOnce", { count: found.capacity })}
      <span className="text-text-2">
        {open.length === 0 ? ` · ${say("floor.allClosed")}` : open.map((each) => ` · ${channelWord(each.channel, say)} ${each.units}`).join("")}
      </span>
    </p>
  );
}
