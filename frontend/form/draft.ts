import { looksLikeMail } from "../widget/mail";
import { countCharacters } from "../widget/limits";

export interface Draft {
  name: string;
  email: string;
  category: string;
  order_number: string;
  text: string;
  client_key: string;
  /** The honeypot: people leave it empty. */
  website: string;
}

export type Field = "name" | "email" | "category" | "order_number" | "text" | "files";
export type Problems = Partial<Record<Field, "required" | "email_odd" | "text_too_long" | { said: string }>>;

const KEPT = "centralita.form";

export function newDraft(): Draft {
  const client_key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  return { name: "", email: "", category: "", order_number: "", text: "", client_key, website: "" };
}

/** What a person would notice before sending; the server checks everything again. */
export function check(draft: Draft, longest: number, asksCategory: boolean): Problems {
  const problems: Problems = {};
  if (!draft.name.trim()) problems.name = "required";
  if (!draft.email.trim()) problems.email = "required";
  else if (!looksLikeMail(draft.email)) problems.email = "email_odd";
  if (asksCategory && !draft.category) problems.category = "required";
  if (!draft.text.trim()) problems.text = "required";
  else if (countCharacters(draft.text) > longest) problems.text = "text_too_long";
  return problems;
}

/** The server's reasons, beside the fields they belong to; what has no field is told above the form. */
export function fromServer(fields: Record<string, string>): Problems {
  const known: Field[] = ["name", "email", "category", "order_number", "text", "files"];
  return Object.fromEntries(known.filter((name) => fields[name]).map((name) => [name, { said: fields[name]! }]));
}

/** Kept in this tab only, and only after sending failed, so that a reload loses nothing. */
export function keepDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    return;
  }
}

export function recallDraft(): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Draft | null;
    return kept?.client_key ? { ...newDraft(), ...kept } : null;
  } catch {
    return null;
  }
}

export function dropDraft(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    return;
  }
}
