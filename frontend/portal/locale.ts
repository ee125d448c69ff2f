import { useLanguage } from "../shared/i18n/use";

/** How figures and dates are written: the shops are in Europe, so English is that of Great Britain (day first, 24 hours). */
export function useLocale(): string {
  return useLanguage() === "es" ? "es-ES" : "en-GB";
}
