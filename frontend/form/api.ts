import { Refused, Unreachable } from "../widget/api";
import type { paths } from "../shared/api-shop";
import type { Answer } from "../shared/api/typed";
import type { Draft } from "./draft";

export function readForm(language: string): Promise<Answer<paths, "get", "/api/form/config">> {
  return ask(`/api/form/config?lang=${language}`);
}

export function readCase(token: string): Promise<Answer<paths, "get", "/api/case/{token}">> {
  return ask(`/api/case/${encodeURIComponent(token)}`);
}

/** Repeating the same client key is the same message: a lost answer never makes a second case. */
export function sendForm(draft: Draft, files: readonly File[], language: string): Promise<Answer<paths, "post", "/api/form/messages">> {
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
  if (response.status >= 502 && response.status <= 504) throw new Unreachable();
  const body = (await response.json().catch(() => ({}))) as Partial<Refused>;
  throw new Refused(response.status, body.code ?? "", body.message ?? "", body.fields);
}
