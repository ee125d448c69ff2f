import type { Language } from "../language";
import type { Key, Words } from "./en";

export type { Key, Words };
export type Params = Record<string, string | number>;
export type Say = (key: Key, params?: Params) => string;

/** Each language is a file of its own, so that a shopper loads one. */
const FILES: Record<Language, () => Promise<Words>> = {
  es: async () => (await import("./es")).es,
  en: async () => (await import("./en")).en,
  it: async () => (await import("./it")).it,
  de: async () => (await import("./de")).de,
  fr: async () => (await import("./fr")).fr,
  pt: async () => (await import("./pt")).pt,
};

export function loadWords(language: Language): Promise<Words> {
  return FILES[language]();
}

/** Put the parameters into a text; a name that is missing stays visible. */
export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

export function speak(words: Words): Say {
  return (key, params) => fill(words[key], params);
}
