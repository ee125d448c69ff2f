import type { FilledForm } from "../../shared/model";
import { get, post } from "../api";

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

/** "86.7 %" in the reader's numbers. */
export function asScore(percent: number | string, language: string): string {
  return (Number(percent) / 100).toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
}
