/** The locale that formats dates for a language: English here is that of Europe, day before month and 24 hours. */
export function localeOf(language: string): string {
  return language === "en" ? "en-GB" : language;
}
