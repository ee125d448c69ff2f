import type { ReactNode } from "react";

import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { Part, type Terms } from "../../shared/contract/Terms";
import { useLanguage, useShared } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useWords } from "../words/load";

const LANGUAGES = ["en", "es", "it", "de", "fr", "pt"] as const;
const HOUR = 3600;

interface Props {
  terms: Terms;
  /** By path in the terms, such as ``report.recipients[1]``. */
  errors: Record<string, string>;
  onChange: (alter: (copy: Terms) => void) => void;
}

/** The reason for a field, or for one of the entries in it. */
export function errorAt(errors: Record<string, string>, path: string): string | undefined {
  const at = Object.keys(errors).find((key) => key === path || key.startsWith(`${path}[`) || key.startsWith(`${path}.`));
  if (at === undefined) return undefined;
  const place = /\[(\d+)\]$/.exec(at)?.[1];
  return place === undefined ? errors[at] : `${Number(place) + 1}: ${errors[at]}`;
}

/** What a contract may agree on beside its promises: the report, the client's own answers, the quality. */
export function TermsMore(props: Props) {
  return (
    <>
      <Report {...props} />
      <ClientAnswer {...props} />
      <Quality {...props} />
    </>
  );
}

function Agreed({ title, text, isOn, label, onSwitch, error, children }: { title: string; text: string; isOn: boolean; label: string; onSwitch: (on: boolean) => void; error?: string; children: ReactNode }) {
  return (
    <Part title={title} text={text}>
      <label className="flex items-center gap-2 pb-3 text-13">
        <input type="checkbox" className="size-4 accent-accent" checked={isOn} onChange={(event) => onSwitch(event.target.checked)} />
        {label}
      </label>
      {isOn && <div className="grid max-w-2xl gap-3 sm:grid-cols-3">{children}</div>}
      {error && (
        <p role="alert" className="pt-2 text-12 text-risk">
          {error}
        </p>
      )}
    </Part>
  );
}

function Report({ terms, errors, onChange }: Props) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const report = terms.report;
  const set = (change: Partial<NonNullable<Terms["report"]>>) => onChange((copy) => (copy.report = { ...copy.report, ...change }));
  const kind = report && report.day !== undefined ? "day" : "business_day";
  const day = (report && report[kind]) ?? 3;
  const setDay = (to: "day" | "business_day", value: number) =>
    onChange((copy) => {
      const { day: _day, business_day: _business, ...rest } = copy.report ?? {};
      copy.report = { ...rest, [to]: value };
    });
  return (
    <Agreed
      title={shared("contract.parts.report")}
      text={say("shops.contract.reportText")}
      label={say("shops.contract.reportOn")}
      isOn={Boolean(report)}
      onSwitch={(on) => onChange((copy) => (copy.report = on ? { business_day: 3, time: "09:00", recipients: [] } : null))}
      error={errors.report}
    >
      <TextField type="number" className="num" min={1} max={kind === "day" ? 31 : 15} required label={say("shops.reports.day")} error={errorAt(errors, `report.${kind}`)} value={Number.isFinite(day) ? day : ""} onChange={(event) => setDay(kind, event.target.valueAsNumber || 0)} />
      <SelectField label={say("shops.reports.kind")} value={kind} onChange={(event) => setDay(event.target.value as "day", day)}>
        <option value="business_day">{say("shops.reports.business_day")}</option>
        <option value="day">{say("shops.reports.calendar_day")}</option>
      </SelectField>
      <TextField type="time" className="num" label={say("shops.reports.at")} error={errorAt(errors, "report.time")} value={report?.time ?? "09:00"} onChange={(event) => set({ time: event.target.value })} />
      <TextField label={say("shops.timeZone")} hint={say("shops.contract.ownZone")} error={errorAt(errors, "report.time_zone")} value={report?.time_zone ?? ""} onChange={(event) => set({ time_zone: event.target.value })} />
      <SelectField label={say("shops.reports.language")} error={errorAt(errors, "report.language")} value={report?.language ?? ""} onChange={(event) => set({ language: event.target.value })}>
        <option value="">{say("shops.contract.ownLanguage")}</option>
        {LANGUAGES.map((code) => (
          <option key={code} value={code}>
            {languageName(code, language)}
          </option>
        ))}
      </SelectField>
      <div className="sm:col-span-3">
        <TextArea
          label={say("shops.reports.recipients")}
          hint={say("shops.reports.recipientsText")}
          error={errorAt(errors, "report.recipients")}
          rows={Math.min(8, Math.max(3, (report?.recipients?.length ?? 0) + 1))}
          spellCheck={false}
          value={(report?.recipients ?? []).join("\n")}
          onChange={(event) => set({ recipients: event.target.value.split("\n") })}
        />
      </div>
    </Agreed>
  );
}

function ClientAnswer({ terms, errors, onChange }: Props) {
  const say = useWords();
  const shared = useShared();
  const answer = terms.client_answer;
  const calendars = Object.keys(terms.calendars ?? {});
  const first = Object.values(terms.hours ?? {})[0] ?? calendars[0] ?? "";
  const hours = answer ? answer.seconds / HOUR : NaN;
  return (
    <Agreed
      title={shared("contract.parts.client_answer")}
      text={say("shops.contract.clientAnswerText")}
      label={say("shops.contract.clientAnswerOn")}
      isOn={Boolean(answer)}
      onSwitch={(on) => onChange((copy) => (copy.client_answer = on ? { seconds: 8 * HOUR, calendar: first } : null))}
      error={errors.client_answer}
    >
      <TextField
        type="number"
        className="num"
        min={0}
        step="any"
        required
        label={say("shops.contract.hours")}
        error={errorAt(errors, "client_answer.seconds")}
        value={Number.isFinite(hours) ? hours : ""}
        onChange={(event) => onChange((copy) => (copy.client_answer = { calendar: first, ...copy.client_answer, seconds: Math.round((event.target.valueAsNumber || 0) * HOUR) }))}
      />
      <SelectField label={shared("contract.during")} error={errorAt(errors, "client_answer.calendar")} value={answer?.calendar ?? ""} onChange={(event) => onChange((copy) => (copy.client_answer = { seconds: 8 * HOUR, ...copy.client_answer, calendar: event.target.value }))}>
        {answer && !calendars.includes(answer.calendar) && <option value={answer.calendar}>{answer.calendar}</option>}
        {calendars.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </SelectField>
    </Agreed>
  );
}

function Quality({ terms, errors, onChange }: Props) {
  const say = useWords();
  const shared = useShared();
  const quality = terms.quality;
  const set = (change: Partial<NonNullable<Terms["quality"]>>) => onChange((copy) => (copy.quality = { goal: 85, ...copy.quality, ...change }));
  const figure = (label: string, path: string, value: number | string | undefined, to: (value: number) => void, most?: number) => (
    <TextField type="number" className="num" min={0} max={most} step="any" label={label} error={errorAt(errors, `quality.${path}`)} value={value ?? ""} onChange={(event) => to(event.target.valueAsNumber || 0)} />
  );
  return (
    <Agreed
      title={shared("contract.parts.quality")}
      text={say("shops.contract.qualityText")}
      label={say("shops.contract.qualityOn")}
      isOn={Boolean(quality)}
      onSwitch={(on) => onChange((copy) => (copy.quality = on ? { goal: 85, minimum: 20 } : null))}
      error={errors.quality}
    >
      {figure(say("shops.contract.score"), "goal", quality?.goal, (goal) => set({ goal }), 100)}
      {figure(say("shops.contract.fromEvaluations"), "minimum", quality?.minimum ?? 0, (minimum) => set({ minimum }))}
      <span className="max-sm:hidden" />
      {figure(shared("contract.fields.penalty_eur_per_point"), "penalty", quality?.penalty?.eur_per_point ?? 0, (to) => set({ penalty: to ? { cap_points: 20, ...quality?.penalty, eur_per_point: to } : null }))}
      {figure(shared("contract.fields.penalty_cap_points"), "penalty.cap_points", quality?.penalty?.cap_points ?? 0, (to) => quality?.penalty && set({ penalty: { ...quality.penalty, cap_points: to } }))}
    </Agreed>
  );
}
