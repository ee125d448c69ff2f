import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { SelectField } from "../../shared/components/Field";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asDay } from "../../shared/time/words";
import { now } from "../../shared/time/now";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { useAsking } from "./asking";
import { GroupTable } from "./GroupTable";
import { policyKey, signed } from "./words";

const VOLUMES = [0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.5, 2];

interface Props {
  planning: api.Planning;
  week: api.WeekCount;
  onWeek: (day: string) => void;
}

/** The week, and what is to be otherwise in it. */
export function AskForm({ planning, week, onWeek }: Props) {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const { ask, isBusy } = useAsking();
  const [clients, setClients] = useState<string[]>([]);
  const [policy, setPolicy] = useState(planning.policy);
  const [volume, setVolume] = useState(1);
  const [heads, setHeads] = useState<Record<string, number>>({});
  const query = useQuery({
    queryKey: ["planning", "week", week.day, clients],
    queryFn: () => api.week(week.day, clients),
    enabled: week.conversations > 0,
    placeholderData: keepPreviousData,
  });
  const isChanged = policy !== planning.policy || volume !== 1 || Object.values(heads).some(Boolean);
  const other = planning.weeks.find((each) => each.conversations > 0);
  const span = (each: api.WeekCount) => `${asDay(each.start, language, now())} – ${asDay(Date.parse(each.end) - 1000, language, now())}`;
  // Groups are those of the chosen clients: with others, a group of the same key may be another one.
  const choose = (next: string[]) => {
    setClients(next);
    setHeads({});
  };
  return (
    <section aria-label={say("planning.ask")} className="flex flex-col gap-5">
      <p className="max-w-2xl text-13 text-text-2">{say("planning.askText")}</p>
      <div className="grid max-w-3xl gap-3 sm:grid-cols-3">
        <SelectField label={say("planning.week")} value={week.day} onChange={(event) => onWeek(event.target.value)}>
          {planning.weeks.map((each) => (
            <option key={each.day} value={each.day}>
              {say("planning.weekOf", { span: span(each), count: each.conversations })}
            </option>
          ))}
        </SelectField>
        <SelectField label={say("planning.volume")} value={volume} onChange={(event) => setVolume(Number(event.target.value))}>
          {VOLUMES.map((each) => (
            <option key={each} value={each}>
              {each === 1 ? say("planning.volumeSame") : say("planning.volumeBy", { percent: signed(Math.round((each - 1) * 100)) })}
            </option>
          ))}
        </SelectField>
        <SelectField label={say("planning.policy")} value={policy} onChange={(event) => setPolicy(event.target.value)}>
          {planning.policies.map((each) => (
            <option key={each} value={each}>
              {say(policyKey(each))}
              {each === planning.policy ? ` · ${say("planning.now")}` : ""}
            </option>
          ))}
        </SelectField>
      </div>
      {me.clients.length > 1 && <Clients chosen={clients} onChoose={choose} />}
      {week.conversations === 0 ? (
        <Notice
          icon="floor"
          title={say("planning.emptyWeek")}
          text={say("planning.emptyWeekText")}
          act={other && <Button onClick={() => onWeek(other.day)}>{say("planning.takeWeek", { span: span(other) })}</Button>}
        />
      ) : (
        <Asked query={query} rows={5}>
          {(page) =>
            page.groups.length === 0 ? (
              <Notice icon="people" title={say("planning.nobodyThere")} text={say("planning.nobodyThereText")} />
            ) : (
              <GroupTable groups={page.groups} heads={heads} onChange={(key, by) => setHeads((before) => ({ ...before, [key]: by }))} />
            )
          }
        </Asked>
      )}
      {week.too_large && clients.length === 0 && <p className="max-w-2xl text-13 text-risk">{say("planning.refused.week_too_large")}</p>}
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" disabled={isBusy || !isChanged} onClick={() => void ask({ kind: "changes", day: week.day, clients, policy, volume, heads })}>
          {say("planning.play")}
        </Button>
        <Button disabled={isBusy} onClick={() => void ask({ kind: "training", day: week.day, clients })}>
          {say("planning.trainNext")}
        </Button>
        {!isChanged && <p className="text-13 text-text-3">{say("planning.changeFirst")}</p>}
      </div>
    </section>
  );
}

function Clients({ chosen, onChoose }: { chosen: string[]; onChoose: (next: string[]) => void }) {
  const say = useWords();
  const me = useMe();
  const toggle = (id: string) => onChoose(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return (
    <fieldset className="flex max-h-40 flex-wrap gap-x-4 gap-y-2 overflow-y-auto">
      <legend className="pb-1 text-12 font-medium text-text-2">{say("planning.clients")}</legend>
      <label className="flex items-center gap-1.5 text-13">
        <input type="checkbox" checked={chosen.length === 0} onChange={() => onChoose([])} />
        {say("planning.allClients")}
      </label>
      {me.clients.map((client) => (
        <label key={client.id} className="flex items-center gap-1.5 text-13">
          <input type="checkbox" checked={chosen.includes(client.id)} onChange={() => toggle(client.id)} />
          <ClientTile client={client} />
          {client.name}
        </label>
      ))}
    </fieldset>
  );
}
