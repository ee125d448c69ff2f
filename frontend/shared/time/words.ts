/** Durations and instants in words. Language, now and any zone but the reader's own are arguments. */
import { localeOf } from "./locale";

/** "0:41", "12:05", "1:02:03": for clocks that tick. */
export function asTimer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "0:41" under two minutes, "12 min" under an hour, "5 h 20" under two days, then "3 d". */
export function asLeft(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return asTimer(whole);
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole >= 48 * 3600) return `${Math.floor(whole / 86400)} d`;
  const minutes = Math.floor((whole % 3600) / 60);
  return minutes ? `${Math.floor(whole / 3600)} h ${String(minutes).padStart(2, "0")}` : `${Math.floor(whole / 3600)} h`;
}

let reader: string | undefined;

/** The zone of whoever reads, from their profile; without it the browser's is used. */
export function readIn(zone: string | undefined): void {
  reader = zone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, given: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = given ?? reader;
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

/** "14:05" in the zone given, else the reader's. */
export function asHour(at: string | number, language: string, zone?: string): string {
  return format(language, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

/** "Tue 3 Nov 2026, 14:05 CET": everything, for a title. */
export function asInstant(at: string | number, language: string, zone?: string): string {
  return format(language, zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(new Date(at));
}

/** "3 Nov" this year, "3 Nov 2025" before. */
export function asDay(at: string | number, language: string, now: number, zone?: string): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? undefined : "numeric";
  return format(language, zone, { day: "numeric", month: "short", year }).format(new Date(at));
}

/** "Mon 3 Nov" in a zone. */
export function asDayName(at: string | number, language: string, zone?: string): string {
  return format(language, zone, { weekday: "short", day: "numeric", month: "short" }).format(new Date(at));
}

/** "November 2026" of "2026-11" or an instant. */
export function asMonth(month: string, language: string): string {
  const date = new Date(`${month.slice(0, 7)}-15T12:00:00Z`);
  return format(language, "UTC", { month: "long", year: "numeric" }).format(date);
}

/** The calendar day in a zone, for grouping: "2026-11-03". */
export function dayKey(at: string | number, zone?: string): string {
  return format("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
}

/** "now", "4 min ago", "2 h ago", then the day. */
export function asAgo(at: string | number, language: string, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "narrow" });
  if (seconds > -60) return relative.format(0, "second");
  if (seconds > -3600) return relative.format(Math.ceil(seconds / 60), "minute");
  if (seconds > -86400) return relative.format(Math.ceil(seconds / 3600), "hour");
  if (seconds > -6 * 86400) return relative.format(Math.ceil(seconds / 86400), "day");
  return asDay(at, language, now);
}

/** The English or Spanish name of a language code. */
export function languageName(code: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
