import type { Definition, FilledForm, KeptForm, NewSamplingPlan } from "../../shared/model";
import { get, post, put, remove } from "../api";
import type { components } from "../../shared/api";

export interface FinishedFilters {
  tenant?: string;
  agent?: string;
  /** Days of the reader's calendar, both inside. */
  from?: string;
  to?: string;
  evaluated?: boolean;
  reason?: string;
  tag?: string;
}

export function finished({ from, to, ...rest }: FinishedFilters, after?: string) {
  return get("/api/desk/finished", { query: { ...rest, from: from && midnight(from, 0), to: to && midnight(to, 1), after } });
}

/** The instant at which the reader's day begins, some days later. */
function midnight(day: string, later: number): string | undefined {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

const EVALUATION = "/api/desk/clients/{tenant}/evaluations/{evaluation}";

export const scorecard = (tenant: string) => get("/api/desk/clients/{tenant}/scorecard", { path: { tenant } });
export const evaluate = (tenant: string, conversation: string, form: FilledForm) =>
  post("/api/desk/clients/{tenant}/conversations/{conversation}/evaluations", { path: { tenant, conversation }, body: form });
export const evaluations = (page?: number) => get("/api/desk/evaluations", { query: { page } });
export const evaluation = (tenant: string, id: string) => get(EVALUATION, { path: { tenant, evaluation: id } });
export const markRead = (tenant: string, id: string) => post(`${EVALUATION}/read`, { path: { tenant, evaluation: id } });

const FORM = "/api/desk/clients/{tenant}/conversations/{conversation}/evaluation-forms/{work_item}";

export const openForm = (tenant: string, conversation: string, work_item: string) => get(FORM, { path: { tenant, conversation, work_item } });
export const keepForm = (tenant: string, conversation: string, work_item: string, form: KeptForm) =>
  put(FORM, { path: { tenant, conversation, work_item }, body: form });
export const discardForm = (tenant: string, conversation: string, work_item: string) => remove(FORM, { path: { tenant, conversation, work_item } });

export const release = (tenant: string, id: string) => post(`${EVALUATION}/release`, { path: { tenant, evaluation: id } });
export const acknowledge = (tenant: string, id: string) => post(`${EVALUATION}/acknowledge`, { path: { tenant, evaluation: id } });
export const dispute = (tenant: string, id: string, reasons: Record<string, string>) =>
  post(`${EVALUATION}/dispute`, { path: { tenant, evaluation: id }, body: { reasons } });
export type Verdicts = components["schemas"]["DisputeDecisionRequest"]["verdicts"];
export const decide = (tenant: string, evaluation_dispute: string, verdicts: Verdicts) =>
  post("/api/desk/clients/{tenant}/evaluation-disputes/{evaluation_dispute}/decide", { path: { tenant, evaluation_dispute }, body: { verdicts } });
export const openDisputes = async () => (await get("/api/desk/evaluation-disputes")).results;

const CARDS = "/api/desk/clients/{tenant}/scorecards";
const CARD = `${CARDS}/{scorecard}` as const;

export const scorecards = async (tenant: string) => (await get(CARDS, { path: { tenant } })).results;
export const draftCard = (tenant: string, name: string, copy_of?: string) => post(CARDS, { path: { tenant }, body: { name, copy_of } });
export const card = (tenant: string, scorecard: string) => get(CARD, { path: { tenant, scorecard } });
export const saveCard = (tenant: string, scorecard: string, definition: Definition, revision: number) =>
  put(CARD, { path: { tenant, scorecard }, body: { definition, revision } });
export const publishCard = (tenant: string, scorecard: string, revision: number) => post(`${CARD}/publish`, { path: { tenant, scorecard }, body: { revision } });
export const discardCard = (tenant: string, scorecard: string) => remove(CARD, { path: { tenant, scorecard } });

const SAMPLING = "/api/desk/clients/{tenant}/sampling";
const PLAN = `${SAMPLING}/{plan}` as const;

export const sampling = (tenant: string) => get(SAMPLING, { path: { tenant } });
export const addPlan = (tenant: string, plan: NewSamplingPlan) => post(SAMPLING, { path: { tenant }, body: plan });
export const changePlan = (tenant: string, id: string, plan: NewSamplingPlan) => put(PLAN, { path: { tenant, plan: id }, body: plan });
export const drawNow = (tenant: string, id: string) => post(`${PLAN}/draw`, { path: { tenant, plan: id } });
export const toEvaluate = async () => (await get("/api/desk/to-evaluate")).results;
export const terms = (tenant: string) => get("/api/desk/clients/{tenant}/quality-terms", { path: { tenant } });
export const changeTerms = (tenant: string, body: components["schemas"]["QualityTermsRequest"]) =>
  put("/api/desk/clients/{tenant}/quality-terms", { path: { tenant }, body });

/** "86.7 %" in the reader's numbers. */
export function asScore(percent: number | string, language: string): string {
  return (Number(percent) / 100).toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
}
