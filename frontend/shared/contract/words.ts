/** Codes of a contract in words; a code that a newer server knows stays as it is. */

import type { Say } from "../i18n/use";
import type { KeyOf } from "../i18n/keys";
import type { shared } from "../i18n/words/en";

type Speak = Say<KeyOf<typeof shared>>;

const METRICS = ["first_response", "next_response", "resolution", "answer", "client_answer"] as const;
const GROUPS = ["chat", "mail", "call"] as const;
const PARTS = ["calendars", "hours", "targets", "clauses", "languages", "at_risk_share", "reopen_days", "dispute_days", "dispute_answer_days", "client_answer", "report", "quality"] as const;
const FIELDS = ["seconds", "calendar", "goal", "minimum", "time_zone", "channel_group", "metric", "penalty.eur_per_point", "penalty.cap_points", "holidays.country", "day", "business_day", "time", "language", "recipients"] as const;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const among = <T extends string>(known: readonly T[], code: string): T | undefined => known.find((each) => each === code);

export function metricWord(code: string, say: Speak): string {
  const known = among(METRICS, code);
  return known ? say(`clock.${known}`) : code;
}

export function groupWord(code: string, say: Speak): string {
  const known = among(GROUPS, code);
  return known ? say(`contract.groups.${known}`) : code;
}

export function partWord(code: string, say: Speak): string {
  const known = among(PARTS, code);
  return known ? say(`contract.parts.${known}`) : code;
}

/** "weekly.sun" is a day; every other field has its word, or is its own. */
export function fieldWord(code: string, language: string, say: Speak): string {
  const day = code.startsWith("weekly.") ? DAYS.indexOf(code.slice(7) as (typeof DAYS)[number]) : -1;
  if (day >= 0) return dayWord(day, language);
  const known = among(FIELDS, code);
  return known ? say(`contract.fields.${known.replace(".", "_") as Underscored<typeof known>}`) : code.replaceAll(".", " ");
}

type Underscored<T extends string> = T extends `${infer A}.${infer B}` ? `${A}_${B}` : T;

/** 0 is Monday. */
export function dayWord(day: number, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + day)));
}

export function itemWords(item: readonly string[], say: Speak): string {
  return item
    .filter((code) => code !== "" && code !== "normal")
    .map((code) => (among(GROUPS, code) ? groupWord(code, say) : metricWord(code, say)))
    .join(" · ");
}

/** 60 → "60 s", 5400 → "1 h 30 min"; whole hours from there on, as contracts count them. */
export function promise(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const parts = [hours && `${hours} h`, minutes && `${minutes} min`, rest && `${rest} s`];
  return parts.filter(Boolean).join(" ");
}

/** One value of a comparison, as it is read. */
export function valueWords(field: string, value: unknown, language: string): string {
  if (value === null || value === undefined) return "–";
  if (field.startsWith("score ")) return typeof value === "object" ? JSON.stringify(value) : new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(Number(value));
  if (field === "seconds") return promise(Number(value));
  if (field === "goal" || field === "at_risk_share") return percent(value, language);
  if (field.startsWith("weekly.") || field.startsWith("exceptions.")) return hoursWords(value);
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function percent(share: unknown, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 }).format(Number(share));
}

/** [["09:00","14:00"],["16:00","20:00"]] → "09:00–14:00, 16:00–20:00". */
export function hoursWords(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return "–";
  return value.map((span) => (Array.isArray(span) ? span.map(String).join("–") : String(span))).join(", ");
}
