/** Languages of the screens: English and Spanish, one loaded at a time, switchable without a reload. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

export type Words = Record<string, object>;
/** Gives all words of a language, by namespace. */
export type Loader = (language: Language) => Promise<Words>;

let load: Loader | undefined;

const KEPT = "centralita.language";

export function asLanguage(code: string | null | undefined): Language | undefined {
  return LANGUAGES.find((each) => code?.toLowerCase().startsWith(each));
}

/** The kept choice, else the browser's, else English. */
export function firstLanguage(): Language {
  return asLanguage(localStorage.getItem(KEPT)) ?? asLanguage(navigator.language) ?? "en";
}

export async function startI18n(loader: Loader): Promise<void> {
  load = loader;
  const language = firstLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: await loader(language) },
    ns: ["shared", "console", "portal"],
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language): Promise<void> {
  for (const [namespace, words] of Object.entries((await load?.(language)) ?? {}))
    i18next.addResourceBundle(language, namespace, words, true, true);
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
