export const LANGUAGES = ["es", "en", "it", "de", "fr", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = {
  es: "Español",
  en: "English",
  it: "Italiano",
  de: "Deutsch",
  fr: "Français",
  pt: "Português",
};

function known(tag: string | null | undefined): Language | undefined {
  const code = (tag ?? "").toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === code);
}

/**
 * The language to start in: what the page says, then what the browser prefers, among the shop's languages; else the
 * shop's first language that the interface speaks, else English. With no shop languages, all six count.
 */
export function chooseLanguage(wishes: (string | null | undefined)[], shopLanguages: readonly string[] = []): Language {
  const spoken = shopLanguages.map(known).filter((language) => language !== undefined);
  const offered: readonly Language[] = spoken.length ? spoken : LANGUAGES;
  for (const wish of wishes) {
    const language = known(wish);
    if (language && offered.includes(language)) return language;
  }
  return spoken[0] ?? "en";
}

/** The shop's own languages first, then the others of the interface. */
export function orderLanguages(shopLanguages: readonly string[]): Language[] {
  const own = shopLanguages.map(known).filter((language) => language !== undefined);
  return [...own, ...LANGUAGES.filter((language) => !own.includes(language))];
}

/** "Italian and English", in the reader's language. */
export function nameLanguages(codes: readonly string[], reader: Language): string {
  const names = new Intl.DisplayNames([reader], { type: "language" });
  return new Intl.ListFormat(reader, { type: "conjunction" }).format(codes.map((code) => names.of(code) ?? code));
}
