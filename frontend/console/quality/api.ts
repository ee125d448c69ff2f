import { get, post } from "../../shared/api/http";
import type { ClientTile } from "../../shared/model";
import type { Finished, Page } from "../../shared/model-floor";
import { withQuery } from "../api";
import type { Answers, Definition } from "./scoring";

export interface Scorecard {
  id: string;
  name: string;
  version: number;
  definition: Definition;
}

export interface EvaluationHead {
  id: string;
  tenant: ClientTile;
  conversation: string;
  case_number: string;
  work_item: string;
  agent: { id: string; name: string };
  evaluator: { id: string; name: string };
  percent: number | string;
  fatal: boolean;
  made_at: string;
  read_at: string | null;
}

export interface Evaluation extends EvaluationHead {
  scorecard: Scorecard;
  answers: Answers;
  comments: Record<string, string>;
  summary: string;
  sections: { code: string; title: string | Record<string, string>; percent: number | string | null }[];
}

export interface FilledForm {
  work_item: string;
  answers: Answers;
  comments: Record<string, string>;
  summary: string;
}

const at = (tenant: string) => `/api/desk/clients/${tenant}`;

export interface FinishedFilters {
  tenant?: string;
  agent?: string;
  /** Days of the reader's calendar, both inside. */
  from?: string;
  to?: string;
  evaluated?: string;
}

export function finished({ from, to, ...rest }: FinishedFilters, after?: string) {
  const asked = { ...rest, from: from && midnight(from, 0), to: to && midnight(to, 1), after };
  return get<Page<Finished>>(withQuery("/api/desk/finished", asked));
}

/** The instant at which the reader's day begins, some days later. */
function midnight(day: string, later: number): string | undefined {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + later);
  return date.toISOString();
}
export const scorecard = (tenant: string) => get<Scorecard>(`${at(tenant)}/scorecard`);
export const evaluate = (tenant: string, conversation: string, form: FilledForm) =>
  post<Evaluation>(`${at(tenant)}/conversations/${conversation}/evaluations`, form);
export const evaluations = async (page?: string) => {
  const answer = await get<EvaluationHead[] | Page<EvaluationHead>>(withQuery("/api/desk/evaluations", { page }));
  return Array.isArray(answer) ? { results: answer, next: null } : answer;
};
export const evaluation = (tenant: string, id: string) => get<Evaluation>(`${at(tenant)}/evaluations/${id}`);
export const markRead = (tenant: string, id: string) => post(`${at(tenant)}/evaluations/${id}/read`);

/** "86.7 %" in the reader's numbers. */
export function asScore(percent: number | string, language: string): string {
  return (Number(percent) / 100).toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
}
