import { Refused, Unreachable } from "../widget/api";
import type { Limits } from "../widget/contract";
import type { Draft } from "./draft";

export interface FormConfig {
  categories: { code: string; label: string }[];
  limits: Limits;
}

export interface Received {
  case_number: string;
  status_url?: string | null;
  refused_files?: { name: string; reason: string }[];
}

export interface CaseState {
  case_number: string;
  status: "open" | "waiting_customer" | "closed";
  opened_at: string;
  last_message_at: string;
}

export function readForm(language: string): Promise<FormConfig> {
  return ask(`/api/form/config?lang=${language}`);
}

export function readCase(token: string): Promise<CaseState> {
  return ask(`/api/case/${encodeURIComponent(token)}`);
}

/** Repeating the same client key is the same message: a lost answer never makes a second case. */
export function sendForm(draft: Draft, files: readonly File[], language: string): Promise<Received> {
  const body = new FormData();
  for (const name of ["name", "email", "category", "text", "client_key", "website"] as const) body.append(name, draft[name]);
  if (draft.order_number.trim()) body.append("order_number", draft.order_number.trim());
  body.append("language", language);
  for (const file of files) body.append("files", file, file.name);
  return ask("/api/form/messages", { method: "POST", body });
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "omit", signal: AbortSignal.timeout(120_000) });
  } catch {
    throw new Unreachable();
  }
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => ({}))) as Partial<Refused>;
  throw new Refused(response.status, body.code ?? "", body.message ?? "", body.fields);
}
