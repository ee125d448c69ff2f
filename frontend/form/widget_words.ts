import type { Language } from "../widget/language";
import { useWordsAfter } from "../widget/use_words";
import type { Say } from "../widget/words";
import { en } from "../widget/words/en";

/** The widget's texts on a page of its own: in English until those of the language are here. */
export function useWidgetWords(language: Language): Say {
  return useWordsAfter(en, language);
}
