import type { KeyOf } from "../../shared/i18n/keys";
import type { Loader } from "../../shared/i18n/start";
import { useNamespace } from "../../shared/i18n/use";
import type { words } from "./en";

export type Key = KeyOf<typeof words>;

export const useWords = () => useNamespace<Key>("portal");

/** One language at a time; each is a chunk of its own. */
export const loadWords: Loader = async (language) => {
  const [own, common] =
    language === "es"
      ? await Promise.all([import("./es"), import("../../shared/i18n/words/es")])
      : await Promise.all([import("./en"), import("../../shared/i18n/words/en")]);
  // A client has no supervisor to ask.
  return { portal: own.words, shared: { ...common.shared, denied: own.words.denied } };
};
