/** Shares as per cent, by the rule of the reports (sla_contracts.speech). */

/**
 * Half up, to so many places; a goal, or what is whole without one, has none. A share that misses its goal never reads
 * as if it had reached it.
 */
export function asPercent(share: string | number, language: string, goal?: string | number, places = 2): string {
  const [value, wanted] = [Number(share) || 0, goal === undefined ? undefined : Number(goal)];
  const steps = 10 ** places * 100;
  let shown = Math.floor(value * steps + 0.5 + 1e-7);
  if (wanted !== undefined && value < wanted && shown >= wanted * steps - 1e-7) shown = Math.floor(value * steps + 1e-7);
  const isWhole = shown % 10 ** places === 0;
  const least = value === 0 || value === 1 || (wanted === undefined && isWhole) ? 0 : places;
  return new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: least, maximumFractionDigits: places }).format(shown / steps);
}
