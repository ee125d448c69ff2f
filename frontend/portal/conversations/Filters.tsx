import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { asDay, languageName } from "../../shared/time/words";
import { FILTERS, type Filters as Search, type Overview } from "../api";
import { nameChannel, nameStatus } from "../channels";
import { useLocale } from "../locale";
import { useWords, type Key } from "../words/load";

type Name = (typeof FILTERS)[number];
type Option = [value: string, label: string];

interface Props {
  search: Search;
  overview: Overview | undefined;
  onChange: (search: Search) => void;
}

/** Each filter says what it is set to; on a phone they fold away behind one button. */
export function Filters({ search, overview, onChange }: Props) {
  const say = useWords();
  const [isShown, setIsShown] = useState(false);
  const options = useOptions(overview);
  const set = FILTERS.filter((name) => search[name]);
  return (
    <div className="pb-4">
      <Button className="h-11 sm:hidden" aria-expanded={isShown} onClick={() => setIsShown(!isShown)} icon={<Icon name="search" />}>
        {say("list.filters")}
        {set.length > 0 && ` (${set.length})`}
      </Button>
      <div className={cx("flex-wrap items-end gap-x-3 gap-y-3 pt-3 sm:flex sm:pt-0", isShown ? "grid grid-cols-2" : "hidden")}>
        {(["clause", "outcome", "channel", "language", "status", "reason"] as const).map((name) => (
          <Choice key={name} name={name} value={search[name]} options={options[name]} onPick={(value) => onChange({ ...search, [name]: value || undefined })} />
        ))}
        {search.day && <Chip label={say("list.day")} value={<Day day={search.day} />} onDrop={() => onChange({ ...search, day: undefined })} />}
        {search.report && <Chip label={say("list.report")} value={say("list.as_issued")} onDrop={() => onChange({ ...search, report: undefined })} />}
        {search.queue && (
          <Chip
            label={say("list.waiting_now")}
            value={overview?.live.queues.find((queue) => queue.id === search.queue)?.name ?? ""}
            onDrop={() => onChange({ ...search, queue: undefined })}
          />
        )}
        {set.length > 0 && (
          <Button kind="quiet" className="h-11 sm:h-9" onClick={() => onChange({ month: search.month })}>
            {say("list.clear")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Choice({ name, value, options, onPick }: { name: Name; value?: string; options: Option[]; onPick: (value: string) => void }) {
  const say = useWords();
  const known = !value || options.some(([code]) => code === value);
  return (
    <label className="flex min-w-0 flex-col gap-1">
      <span className="text-12 text-text-2">{say(`list.${name}` as Key)}</span>
      <select
        value={value ?? ""}
        onChange={(event) => onPick(event.target.value)}
        className={cx(
          "h-11 max-w-full min-w-0 rounded border bg-surface-1 px-2 text-13 sm:h-9 sm:max-w-44",
          value ? "border-text-1 font-medium" : "border-line-strong text-text-2",
        )}
      >
        <option value="">{say("list.all")}</option>
        {!known && <option value={value}>{value}</option>}
        {options.map(([code, label]) => (
          <option key={code} value={code}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Chip({ label, value, onDrop }: { label: string; value: React.ReactNode; onDrop: () => void }) {
  const say = useWords();
  return (
    <button
      type="button"
      onClick={onDrop}
      title={say("list.clear")}
      className="flex h-11 items-center gap-2 rounded border border-text-1 px-3 text-13 font-medium hover:bg-surface-3 sm:h-9"
    >
      {label}: {value}
      <Icon name="close" size={12} />
    </button>
  );
}

function Day({ day }: { day: string }) {
  return asDay(`${day}T12:00:00Z`, useLocale(), Date.now(), "UTC");
}

/** What can be chosen is what the month holds. */
function useOptions(overview: Overview | undefined): Record<Exclude<Name, "day" | "queue" | "report">, Option[]> {
  const say = useWords();
  const language = useLocale();
  const clauses = new Map(overview?.clauses.map((clause) => [clause.code, clause.title]));
  return {
    clause: [...clauses],
    outcome: (["met", "breached", "running", "excluded"] as const).map((code) => [code, say(`outcome.${code}`)]),
    channel: overview?.volume.by_channel.map(({ channel }) => [channel, nameChannel(channel, say)]) ?? [],
    language: overview?.volume.by_language.map((row) => [row.language, languageName(row.language, language)]) ?? [],
    status: (["open", "waiting_customer", "waiting_client", "closed"] as const).map((code) => [code, nameStatus(code, say)]),
    reason: overview?.contact_reasons.map(({ code, label }) => [code, label]) ?? [],
  };
}
