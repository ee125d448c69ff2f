import { useEffect, useState } from "preact/hooks";

import { Api } from "../widget/api";
import { inkOn } from "../widget/color";
import type { Config } from "../widget/contract";
import { chooseLanguage, type Language } from "../widget/language";
import { fill, type Params } from "../widget/words";

export interface Opened {
  config: Config | null;
  failed: boolean;
  retry: () => void;
  language: Language;
  setLanguage: (language: Language) => void;
}

/** What each page at a shop's host starts with: who the shop is, its colour, and the reader's language. */
export function useShop(): Opened {
  const [config, setConfig] = useState<Config | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [chosen, setChosen] = useState(() => new URLSearchParams(location.search).get("lang"));
  const language = chooseLanguage([chosen], []) === chosen ? (chosen as Language) : preferred(config);

  useEffect(() => {
    setFailed(false);
    new Api(location.href).config(language).then(
      (found) => {
        wear(found.shop.color);
        setConfig(found);
      },
      () => setFailed(true),
    );
  }, [attempt]);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  return {
    config,
    failed,
    retry: () => setAttempt(attempt + 1),
    language,
    setLanguage: (wanted) => {
      const url = new URL(location.href);
      url.searchParams.set("lang", wanted);
      history.replaceState(null, "", url);
      setChosen(wanted);
    },
  };
}

export function sayFrom<K extends string>(words: Record<K, string>): (key: K, params?: Params) => string {
  return (key, params) => fill(words[key], params);
}

function preferred(config: Config | null): Language {
  return chooseLanguage([...navigator.languages], config?.shop.languages);
}

function wear(color: string): void {
  const style = document.documentElement.style;
  style.setProperty("--shop", color);
  style.setProperty("--shop-ink", inkOn(color));
}
