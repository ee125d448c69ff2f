/** Days and hours by a zone's own clock. Pure. */

/** By how much the zone's clock is ahead of UTC at this instant. */
function ahead(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(at / 1000) * 1000;
}

/** An instant as the field wants it, by the zone's clock: "2026-11-03T14:05". */
export function asTyped(at: number, zone: string): string {
  return new Date(at + ahead(at, zone)).toISOString().slice(0, 16);
}

/** The instant of what was typed; null while it is none. An hour that the clock skips counts as the one after it. */
export function instantOf(typed: string, zone: string): number | null {
  const shown = Date.parse(`${typed}Z`);
  if (Number.isNaN(shown)) return null;
  const first = shown - ahead(shown, zone);
  return shown - ahead(first, zone);
}

function dayAt(days: number, hour: number, now: number, zone: string): number {
  const today = new Date(now + ahead(now, zone));
  const then = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days, hour);
  return instantOf(new Date(then).toISOString().slice(0, 16), zone)!;
}

export const tomorrowAt = (hour: number, now: number, zone: string) => dayAt(1, hour, now, zone);

/** The next Monday that is not today. */
export function mondayAt(hour: number, now: number, zone: string): number {
  const weekday = new Date(now + ahead(now, zone)).getUTCDay();
  return dayAt(((8 - weekday) % 7) || 7, hour, now, zone);
}
