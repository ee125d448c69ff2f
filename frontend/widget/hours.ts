import { localeOf } from "../shared/time/locale";
import type { Hours, Wait } from "./contract";
import type { Say } from "./words";

/** "18:00", or "Monday 09:00" when it is not today, in the shopper's own zone. */
export function nameInstant(iso: string, language: string, now: Date, timeZone?: string): string {
  const at = new Date(iso);
  const day = (date: Date) => date.toLocaleDateString("en-CA", { timeZone });
  const clock = at.toLocaleTimeString(localeOf(language), { hour: "2-digit", minute: "2-digit", timeZone });
  if (day(at) === day(now)) return clock;
  const days = (at.getTime() - now.getTime()) / 86_400_000;
  const date =
    days < 6
      ? at.toLocaleDateString(localeOf(language), { weekday: "long", timeZone })
      : at.toLocaleDateString(localeOf(language), { weekday: "short", day: "numeric", month: "short", timeZone });
  return `${date} ${clock}`;
}

export function describeHours(hours: Hours, language: string, say: Say, now: Date, timeZone?: string): string {
  const time = hours.next_change ? nameInstant(hours.next_change, language, now, timeZone) : "";
  if (hours.open_now) return time ? say("hours_open_until", { time }) : say("hours_open");
  return time ? say("hours_closed_until", { time }) : say("hours_closed");
}

/** "3 minutes": the server has rounded already, since a wait is never exact. */
export function nameWait(minutes: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);
}

export function describeWait(wait: Wait, language: string, say: Say): string {
  switch (wait.kind) {
    case "closed":
      return say("wait_closed");
    case "soon":
      return say("wait_soon");
    case "about":
      return say("wait_about", { time: nameWait(wait.minutes, language) });
    case "long":
      return say("wait_long");
    default:
      return say("wait_unknown");
  }
}

/** What stands beside the shopper's place in the queue. */
export function describeRest(wait: Wait, language: string, say: Say): string {
  switch (wait.kind) {
    case "soon":
      return say("queue_soon");
    case "about":
      return say("queue_about", { time: nameWait(wait.minutes, language) });
    case "long":
      return say("queue_long");
    default:
      return say("queue_unknown");
  }
}
