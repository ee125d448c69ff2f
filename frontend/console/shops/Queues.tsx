import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { Asked, Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { QueueSettings, ShopSettings } from "../../shared/model";
import { asDayName, asHour } from "../../shared/time/words";
import { channelWord } from "../desk/channels";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { Part } from "./ShopPage";

const SECONDS = ["offer_seconds", "preferred_seconds", "long_wait_seconds"] as const;
type Seconds = (typeof SECONDS)[number];

/** Hours, offers, grace and the long wait of each queue, in the client's own zone. */
export function Queues({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["shops", shop.id, "queues"], queryFn: () => api.queues(shop.id), staleTime: 0 });
  return (
    <Part title={say("shops.queues")} text={say("shops.queuesText", { zone: shop.time_zone })}>
      <Asked query={query} rows={3} isEmpty={({ queues }) => queues.length === 0} empty={<Notice small icon="clock" title={say("shops.noQueues")} />}>
        {({ queues, time_zone }) => (
          <div className="grid max-w-4xl gap-4 md:grid-cols-2">
            {queues.map((queue) => (
              <QueueForm key={`${queue.code}${JSON.stringify(SECONDS.map((name) => queue[name]))}${queue.keeps_hours}`} {...{ shop, queue }} zone={time_zone} />
            ))}
          </div>
        )}
      </Asked>
    </Part>
  );
}

function QueueForm({ shop, queue, zone }: { shop: ShopSettings; queue: QueueSettings; zone: string }) {
  const say = useWords();
  const { values, setValue, keepsHours, setKeepsHours, errors, isChanged, isBusy, save } = useQueue(shop, queue);
  const name = channelWord(queue.channel_group === "chat" ? "webchat" : "email", say);
  const shown = SECONDS.filter((each) => each !== "long_wait_seconds" || queue.channel_group === "chat");
  return (
    <form
      aria-label={name}
      className="flex flex-col gap-3 rounded border border-line p-3"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3 className="flex items-baseline justify-between text-13 font-medium">
        {name}
        <span className="text-12 font-normal text-text-2">{say(queue.is_open ? "shops.openNow" : "shops.closedNow")}</span>
      </h3>
      <label className="flex items-start gap-2 text-13">
        <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" checked={keepsHours} onChange={(event) => setKeepsHours(event.target.checked)} />
        <span>
          {say("shops.keepsHours")}
          <span className="block text-12 text-text-2">{say(queue.channel_group === "chat" ? "shops.keepsHoursChat" : "shops.keepsHoursMail")}</span>
        </span>
      </label>
      <Openings queue={queue} zone={zone} />
      {shown.map((each) => (
        <TextField
          key={each}
          type="number"
          inputMode="numeric"
          min={0}
          className="num"
          label={say(`shops.${each}`)}
          hint={say(`shops.${each}_text`)}
          error={errors[each]}
          value={values[each]}
          onChange={(event) => setValue(each, event.target.value)}
        />
      ))}
      <div>
        <Button kind="primary" type="submit" disabled={!isChanged || isBusy}>
          {say("shops.save")}
        </Button>
      </div>
    </form>
  );
}

function useQueue(shop: ShopSettings, queue: QueueSettings) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const [values, setValues] = useState(() => Object.fromEntries(SECONDS.map((each) => [each, String(queue[each])])) as Record<Seconds, string>);
  const [keepsHours, setKeepsHours] = useState(queue.keeps_hours);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const isChanged = keepsHours !== queue.keeps_hours || SECONDS.some((each) => values[each] !== String(queue[each]));
  const send = async () => {
    const given = Object.fromEntries(SECONDS.map((each) => [each, Number(values[each] || NaN)])) as Record<Seconds, number>;
    try {
      return await api.setQueue(shop.id, { code: queue.code, keeps_hours: keepsHours, ...given });
    } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 400) throw problem;
      setErrors(problem.fields);
      return undefined;
    }
  };
  const save = async () => {
    setIsBusy(true);
    setErrors({});
    const saved = await attempt(send);
    setIsBusy(false);
    if (!saved) return;
    client.setQueryData(["shops", shop.id, "queues"], saved);
    toast(say("shops.queueSaved"));
  };
  const setValue = (each: Seconds, text: string) => {
    setValues({ ...values, [each]: text });
    setErrors({});
  };
  return { values, setValue, keepsHours, setKeepsHours, errors, isChanged, isBusy, save };
}

function Openings({ queue, zone }: { queue: QueueSettings; zone: string }) {
  const say = useWords();
  const language = useLanguage();
  if (!queue.has_hours) return <p className="text-12 text-text-2">{say("shops.noHours")}</p>;
  return (
    <details className="text-12 text-text-2">
      <summary className="cursor-pointer">{say("shops.openings")}</summary>
      <ul className="num pt-1 pl-4">
        {queue.openings.map(({ opens, closes }) => (
          <li key={opens}>
            {asDayName(opens, language, zone)} {asHour(opens, language, zone)} – {asHour(closes, language, zone)}
          </li>
        ))}
      </ul>
    </details>
  );
}
