import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { TextField } from "../../shared/components/Field";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { NewSamplingPlan, SamplingPlan } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { Channels, Marks } from "./CardForm";

export const RULES = ["breach", "reopened", "long_in_hand", "first_month"] as const;

export function PlanForm({ tenant, plan, languages, onClose }: { tenant: string; plan?: SamplingPlan; languages: string[]; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const language = useLanguage();
  const attempt = useTry();
  const client = useQueryClient();
  const [form, setForm] = useState<NewSamplingPlan>(() => ({
    name: plan?.name ?? "",
    per_agent: plan?.per_agent ?? 4,
    channels: plan?.channels ?? [],
    languages: plan?.languages ?? [],
    rules: plan?.rules ?? [],
    is_active: plan?.is_active ?? true,
  }));
  const set = (change: Partial<NewSamplingPlan>) => setForm((kept) => ({ ...kept, ...change }));
  const most = (rule: string) => form.rules.find((each) => each.rule === rule)?.per_agent ?? 0;
  const setMost = (rule: (typeof RULES)[number], count: number) =>
    set({ rules: [...form.rules.filter((each) => each.rule !== rule), ...(count > 0 ? [{ rule, per_agent: count }] : [])] });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const saved = await attempt(() => (plan ? api.changePlan(tenant, plan.id, form) : api.addPlan(tenant, form)));
    if (!saved) return;
    client.setQueryData(["sampling", tenant], saved);
    toast(say("sampling.saved"));
    onClose();
  };
  return (
    <Dialog open wide onClose={onClose} title={plan?.name ?? say("sampling.add")}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3 pb-4">
        <TextField label={say("sampling.name")} maxLength={80} value={form.name} onChange={(event) => set({ name: event.target.value })} />
        <TextField type="number" min={0} max={200} className="num" label={say("sampling.perAgent")} hint={say("sampling.perAgentHint")} value={String(form.per_agent)} onChange={(event) => set({ per_agent: Number(event.target.value) || 0 })} />
        <Channels legend={say("sampling.channels")} chosen={form.channels} onChange={(channels) => set({ channels })} />
        <Marks legend={say("sampling.languages")} all={languages} chosen={form.languages} nameOf={(code) => languageName(code, language)} onChange={(chosen) => set({ languages: chosen })} />
        <fieldset>
          <legend className="text-12 font-medium text-text-2">{say("sampling.rules")}</legend>
          <p className="pb-2 text-12 text-text-3">{say("sampling.rulesHint")}</p>
          <div className="grid gap-2 sm:grid-cols-2">
            {RULES.map((rule) => (
              <TextField key={rule} type="number" min={0} max={200} className="num" label={say(`quality.rules.${rule}`)} value={String(most(rule))} onChange={(event) => setMost(rule, Number(event.target.value) || 0)} />
            ))}
          </div>
        </fieldset>
        <label className="flex items-center gap-2 text-13">
          <input type="checkbox" className="size-4 accent-accent" checked={form.is_active} onChange={(event) => set({ is_active: event.target.checked })} />
          {say("sampling.active")}
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{shared("cancel")}</Button>
          <Button kind="primary" type="submit" disabled={!form.name.trim()}>
            {say("sampling.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
