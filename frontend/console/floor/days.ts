/** Days as the API names them ("2026-11-22"), and spans of time on a line. Pure. */

const DAY_MS = 86_400_000;

export function dayAfter(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday and the Sunday around a day. */
export function weekOf(day: string): { from: string; to: string } {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return { from: dayAfter(day, -weekday), to: dayAfter(day, 6 - weekday) };
}

/** Microseconds as the seconds that clocks on the screen take. */
export const seconds = (micros: number) => micros / 1e6;

interface Span {
  started_at: string;
  ended_at: string;
}

/** From the first sign of anybody to the last, as instants; null where there is none. */
export function extent(rows: readonly { spans: readonly Span[] }[]): [number, number] | null {
  const all = rows.flatMap((row) => row.spans);
  if (all.length === 0) return null;
  return [Math.min(...all.map((span) => Date.parse(span.started_at))), Math.max(...all.map((span) => Date.parse(span.ended_at)))];
}

/** Where a span lies on a line from–until, in per cent. */
export function place(span: Span, [from, until]: [number, number]): { left: number; width: number } {
  const whole = Math.max(1, until - from);
  const left = ((Date.parse(span.started_at) - from) / whole) * 100;
  return { left, width: ((Date.parse(span.ended_at) - Date.parse(span.started_at)) / whole) * 100 };
}
