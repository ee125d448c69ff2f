/** Figures in words. Pure: the language is an argument; what was rounded never looks better than it is. */

import type { Decimal } from "./api";

export { asPercent } from "../shared/figures";

export function asNumber(value: Decimal | null | undefined): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function asMoney(amount: Decimal, currency: string, language: string): string {
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(asNumber(amount) ?? 0);
}

export function asCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

export function asDecimal(value: Decimal, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(asNumber(value) ?? 0);
}

/** A score of 100, always with its two decimals. */
export function asScore(value: Decimal, language: string): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(asNumber(value) ?? 0);
}

/** "45 s", "12 min 05 s", "5 h 20 min": a measured time, to the second. */
export function asDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  if (h) return s ? `${h} h ${two(m)} min ${two(s)} s` : m ? `${h} h ${two(m)} min` : `${h} h`;
  if (m) return s ? `${m} min ${two(s)} s` : `${m} min`;
  return `${s} s`;
}

/** The month an instant lies in, in a zone: "2026-11". */
export function monthAt(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", timeZone }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}`;
}

export function shiftMonth(month: string, by: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const at = new Date(Date.UTC(year, number - 1 + by, 1));
  return at.toISOString().slice(0, 7);
}

/** Each bar's height as a share of the highest; an empty period has no bars. */
export function heights(counts: number[]): number[] {
  const most = Math.max(0, ...counts);
  return counts.map((count) => (most ? count / most : 0));
}

/** A line through points between 0 and 1 over a box; what is not known breaks it. */
export function linePath(points: (number | null)[], width: number, height: number): string {
  let path = "";
  points.forEach((point, index) => {
    if (point === null) return;
    const x = points.length > 1 ? (index / (points.length - 1)) * width : width / 2;
    path += `${index > 0 && points[index - 1] !== null ? "L" : "M"}${x.toFixed(1)} ${(height - point * height).toFixed(1)}`;
  });
  return path;
}
