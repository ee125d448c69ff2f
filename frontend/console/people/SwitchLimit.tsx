import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { Section } from "./PeopleFrame";

const CHOICES = [0, 1, 2, 3, 4, 6, 8, 10, 15, 20, 30];

/** How often an hour they may be given another client's work; a change counts from the next offer and can be taken back. */
export function SwitchLimit({ card }: { card: api.Card }) {
  const say = useWords();
  const { run, isBusy } = useAct();
  const before = card.switches_per_hour;
  const choices = before === null || CHOICES.includes(before) ? CHOICES : [...CHOICES, before].sort((a, b) => a - b);
  const set = (most: number | null) =>
    void run(
      () => api.setSwitchLimit(card.id, most),
      say("people.switchLimitSet"),
      () => api.setSwitchLimit(card.id, before),
    );
  return (
    <Section title={say("people.switchLimit")}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-13">
        <select
          aria-label={say("people.switchLimit")}
          value={before ?? ""}
          disabled={isBusy}
          onChange={(event) => set(event.target.value === "" ? null : Number(event.target.value))}
          className="h-7 rounded border border-line-strong bg-surface-1 px-1.5 text-13"
        >
          <option value="">{say("people.noLimit")}</option>
          {choices.map((most) => (
            <option key={most} value={most}>
              {say("people.timesAnHour", { count: most })}
            </option>
          ))}
        </select>
        <p className="min-w-0 flex-1 basis-64 text-12 text-text-3">{say("people.switchLimitText")}</p>
      </div>
    </Section>
  );
}
