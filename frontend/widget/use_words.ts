import { useEffect, useMemo, useState } from "preact/hooks";

import type { Language } from "./language";
import { loadWords, speak, type Say, type Words } from "./words";

/** The texts of a language once they are here; until then, and if they cannot be had, those shown before. */
export function useWordsAfter(first: Words, language: Language): Say {
  const [words, setWords] = useState(first);
  useEffect(() => {
    let isWanted = true;
    loadWords(language).then(
      (loaded) => isWanted && setWords(loaded),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [language]);
  return useMemo(() => speak(words), [words]);
}
