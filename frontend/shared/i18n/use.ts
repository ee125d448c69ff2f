import { useTranslation } from "react-i18next";

import type { KeyOf, Params } from "./keys";
import type { Language } from "./start";
import type { shared } from "./words/en";

/** The words of one namespace, with keys checked by the compiler. */
export type Say<Key extends string> = (key: Key, params?: Params) => string;

export function useNamespace<Key extends string>(namespace: string): Say<Key> {
  return useTranslation(namespace).t as unknown as Say<Key>;
}

export const useShared = () => useNamespace<KeyOf<typeof shared>>("shared");

export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}
