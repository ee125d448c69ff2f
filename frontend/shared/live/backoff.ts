/** How long to wait before the nth attempt to reconnect: doubling from 0.5 s to 15 s, spread by half. */
export function waitBefore(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return full / 2 + (full / 2) * random();
}
