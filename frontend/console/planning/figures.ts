/** Figures with their intervals, in words of the reader's language. */
import { asPercent } from "../../shared/figures";
import { asMoney } from "../operator/money";
import type { Figure, Figures, PlainFigures } from "./api";

export type Measure = "service_level" | "wait" | "wait_p99" | "abandoned" | "occupancy" | "penalty";
export const MEASURES: readonly Measure[] = ["service_level", "wait", "wait_p99", "abandoned", "occupancy", "penalty"];
const SHARES: readonly Measure[] = ["service_level", "abandoned", "occupancy"];
/** Of these, more is better; of occupancy neither. */
const GOOD: Partial<Record<Measure, 1 | -1>> = { service_level: 1, wait: -1, wait_p99: -1, abandoned: -1, penalty: -1 };

export interface Speaking {
  language: string;
  currency: string;
}

export function valueOf(measure: Measure, value: number, { language, currency }: Speaking): string {
  if (SHARES.includes(measure)) return asPercent(value, language, undefined, 1);
  if (measure === "penalty") return asMoney(Math.round(value), currency, language).replace(/[.,]00(?=\D*$)/, "");
  return asSeconds(value, language);
}

/** "low – high". */
export function spanOf(measure: Measure, figure: Figure, speaking: Speaking): string {
  const [least, most] = SHARES.includes(measure) ? [0, 1] : [0, Infinity];
  const [low, high] = [figure.low, figure.high].map((each) => Math.min(most, Math.max(least, each))) as [number, number];
  return `${valueOf(measure, low, speaking)} – ${valueOf(measure, high, speaking)}`;
}

/** "+2.1 %": points for shares, with a sign. */
export function changeOf(measure: Measure, value: number, speaking: Speaking): string {
  const size = Math.abs(value);
  const points = (share: number) => (share * 100).toLocaleString(speaking.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const shown = (amount: number) => (SHARES.includes(measure) ? points(amount) : valueOf(measure, amount, speaking));
  const sign = shown(size) === shown(0) ? "±" : value > 0 ? "+" : "−";
  return `${sign}${shown(size)}`;
}

export type Effect = "better" | "worse" | "unclear" | "none";

/** Better or worse only where the whole interval says so. */
export function effectOf(measure: Measure, difference: Figure): Effect {
  const good = GOOD[measure];
  if (difference.low === 0 && difference.high === 0) return "none";
  if (!good || (difference.low <= 0 && difference.high >= 0)) return "unclear";
  return difference.mean * good > 0 ? "better" : "worse";
}

/** What really happened against what the unchanged week gives in the simulator: inside its range, above or below. */
export function calibration(measure: Measure, recorded: PlainFigures, before: Figures): "inside" | "above" | "below" {
  const [real, played] = [recorded[measure], before[measure]];
  if (real === null || real === undefined || !played) return "inside";
  // One week scatters as the replications do: their spread, not the interval of their mean.
  const room = 2 * played.sd;
  return real > played.mean + room ? "above" : real < played.mean - room ? "below" : "inside";
}

export function asSeconds(seconds: number, language: string): string {
  const [value, unit] = seconds < 120 ? [seconds, "s"] : seconds < 7200 ? [seconds / 60, "min"] : [seconds / 3600, "h"];
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
}
