/** Levels 1 to 5 as the Common European Framework of Reference calls them. */
export const LEVELS = [1, 2, 3, 4, 5] as const;
const CEFR = ["A1", "A2", "B1", "B2", "C1"] as const;

/** The name of a language's level; the highest is also that of who grew up with it. */
export function cefr(level: number, native: string): string {
  const name = CEFR[Math.min(Math.max(level, 1), 5) - 1]!;
  return level >= 5 ? `${name} / ${native}` : name;
}

/** "lang:it" → "it"; nothing for other skills. */
export function languageOf(code: string): string | undefined {
  return code.startsWith("lang:") ? code.slice(5) : undefined;
}

/** "product:acme:returns" → "acme"; nothing for a skill of every shop. */
export function shopOf(code: string): string | undefined {
  const parts = code.split(":");
  return parts[0] === "product" && parts.length === 3 ? parts[1] : undefined;
}
