import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, asMonth, languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";

const LANGUAGES = ["en", "es", "it", "de", "fr", "pt"] as const;
type Choice = api.ReportPlanChoice;

function choiceOf({ plan, time_zone }: api.ClientReports): Choice {
  const { is_on, kind, day, at, language, form, recipients } = plan ?? {
    is_on: false,
    kind: "business_day" as const,
    day: 3,
    at: "09:00",
    language: "" as const,
    form: "attached" as const,
    recipients: [],
  };
  return { is_on, kind, day, at: at.slice(0, 5), language, form, recipients, time_zone: plan?.time_zone ?? time_zone };
}

/** Day, hour, zone, language, form and recipients of a client's monthly report. */
export function ReportPlan({ tenant, found }: { tenant: string; found: api.ClientReports }) {
  const say = useWords();
  const language = useLanguage();
  const { choice, set, errors, isBusy, isChanged, save, drop } = usePlan(tenant, found);
  return (
    <form
      className="flex max-w-2xl flex-col gap-4"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save();
      }}
    >
      <Standing found={found} />
      <label className="flex items-center gap-2 text-13">
        <input type="checkbox" className="size-4 accent-accent" checked={choice.is_on} onChange={(event) => set({ is_on: event.target.checked })} />
        {say("shops.reports.isOn")}
      </label>
      <div className="grid gap-3 sm:grid-cols-[5rem_minmax(0,1fr)_9rem_minmax(0,1fr)]">
        <TextField type="number" className="num" min={1} max={31} label={say("shops.reports.day")} error={errors.day} value={choice.day} onChange={(event) => set({ day: Number(event.target.value) })} />
        <SelectField label={say("shops.reports.kind")} value={choice.kind} onChange={(event) => set({ kind: event.target.value as Choice["kind"] })}>
          <option value="business_day">{say("shops.reports.business_day")}</option>
          <option value="day">{say("shops.reports.calendar_day")}</option>
        </SelectField>
        <TextField type="time" className="num" label={say("shops.reports.at")} error={errors.at} value={choice.at} onChange={(event) => set({ at: event.target.value })} />
        <TextField label={say("shops.timeZone")} error={errors.time_zone} value={choice.time_zone} onChange={(event) => set({ time_zone: event.target.value })} />
        <div className="sm:col-span-2">
          <SelectField label={say("shops.reports.language")} value={choice.language} onChange={(event) => set({ language: event.target.value as Choice["language"] })}>
            <option value="">{say("shops.reports.own", { language: languageName(found.language, language) })}</option>
            {LANGUAGES.map((code) => (
              <option key={code} value={code}>
                {languageName(code, language)}
              </option>
            ))}
          </SelectField>
        </div>
        <div className="sm:col-span-2">
          <SelectField label={say("shops.reports.form")} value={choice.form} onChange={(event) => set({ form: event.target.value as Choice["form"] })}>
            <option value="attached">{say("shops.reports.attached")}</option>
            <option value="link">{say("shops.reports.link")}</option>
          </SelectField>
        </div>
      </div>
      <TextArea
        label={say("shops.reports.recipients")}
        hint={say("shops.reports.recipientsText")}
        error={errors.recipients}
        rows={Math.min(8, Math.max(3, choice.recipients.length + 1))}
        spellCheck={false}
        value={choice.recipients.join("\n")}
        onChange={(event) => set({ recipients: event.target.value.split("\n") })}
      />
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" type="submit" disabled={isBusy || !isChanged}>
          {say("shops.save")}
        </Button>
        {found.plan?.by === "operator" && found.agreed && (
          <Button disabled={isBusy} onClick={() => void drop()}>
            {say("shops.reports.asAgreed")}
          </Button>
        )}
      </div>
    </form>
  );
}

function Standing({ found: { plan, next } }: { found: api.ClientReports }) {
  const say = useWords();
  const language = useLanguage();
  if (!plan) return <p className="text-13 text-text-2">{say("shops.reports.nothingPlanned")}</p>;
  return (
    <p className="text-13 text-text-2">
      {plan.by === "contract" && `${say("shops.reports.byContract")} `}
      {next ? say("shops.reports.next", { month: asMonth(next.month, language), at: asInstant(next.at, language, plan.time_zone) }) : say("shops.reports.off")}{" "}
      {plan.is_on && plan.recipients.length === 0 && say("shops.reports.toNobody")}
    </p>
  );
}

function usePlan(tenant: string, found: api.ClientReports) {
  const say = useWords();
  const client = useQueryClient();
  const attempt = useTry();
  const kept = choiceOf(found);
  const [choice, setChoice] = useState(kept);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const run = async (act: () => Promise<api.ClientReports>) => {
    setIsBusy(true);
    setErrors({});
    const saved = await attempt(async () => {
      try {
        return await act();
      } catch (problem) {
        if (!(problem instanceof ApiError) || problem.status !== 400) throw problem;
        setErrors(Object.keys(problem.fields).length ? problem.fields : { recipients: problem.message });
        return undefined;
      }
    });
    setIsBusy(false);
    if (!saved) return;
    client.setQueryData(["shops", tenant, "reports"], saved);
    toast(say("shops.reports.saved"));
  };
  return {
    choice,
    errors,
    isBusy,
    isChanged: JSON.stringify(choice) !== JSON.stringify(kept),
    set: (change: Partial<Choice>) => {
      setChoice({ ...choice, ...change });
      setErrors({});
    },
    save: () => run(() => api.chooseReportPlan(tenant, { ...choice, recipients: choice.recipients.map((each) => each.trim()).filter(Boolean) })),
    drop: () => run(() => api.dropReportPlan(tenant)),
  };
}
