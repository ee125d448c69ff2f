/** Amounts come as decimal text and are only shown, never added up here. */

export function asMoney(amount: string | number, currency: string, language: string): string {
  return Number(amount).toLocaleString(language, { style: "currency", currency });
}

/** A unit price keeps up to four decimals. */
export function asPrice(amount: string | number, currency: string, language: string): string {
  return Number(amount).toLocaleString(language, { style: "currency", currency, maximumFractionDigits: 4 });
}

export function asQuantity(quantity: string | number, language: string): string {
  return Number(quantity).toLocaleString(language, { maximumFractionDigits: 2 });
}

/** "2026-10" moved by some months. */
export function monthAfter(month: string, by: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const date = new Date(Date.UTC(year, number - 1 + by, 1));
  return date.toISOString().slice(0, 7);
}

/** The month before the one of this instant: what is billed by default. */
export function lastMonth(now: number): string {
  return monthAfter(new Date(now).toISOString().slice(0, 7), -1);
}
