import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";

interface Agreed {
  dispute_days: number;
  disputes_a_month: number;
}

/** How long, and how often, evaluations may be disputed at this client. */
export function Terms({ tenant }: { tenant: string }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["quality-terms", tenant], queryFn: () => api.terms(tenant) });
  return (
    <section aria-label={say("sampling.terms")} className="border-t border-line pt-4">
      <h2 className="pb-2 text-15 font-semibold">{say("sampling.terms")}</h2>
      <Asked query={query} rows={2}>
        {(agreed) => <TermsForm tenant={tenant} agreed={agreed} />}
      </Asked>
    </section>
  );
}

function TermsForm({ tenant, agreed }: { tenant: string; agreed: Agreed }) {
  const say = useWords();
  const attempt = useTry();
  const [form, setForm] = useState(agreed);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await attempt(() => api.changeTerms(tenant, form))) toast(say("sampling.termsSaved"));
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex max-w-xl flex-wrap items-start gap-4">
      <TextField type="number" min={1} max={60} className="num" label={say("sampling.days")} value={String(form.dispute_days)} onChange={(event) => setForm({ ...form, dispute_days: Number(event.target.value) || 1 })} />
      <TextField type="number" min={0} max={100} className="num" label={say("sampling.aMonth")} hint={say("sampling.aMonthHint")} value={String(form.disputes_a_month)} onChange={(event) => setForm({ ...form, disputes_a_month: Number(event.target.value) || 0 })} />
      <Button type="submit" className="mt-5">
        {say("sampling.saveTerms")}
      </Button>
    </form>
  );
}
