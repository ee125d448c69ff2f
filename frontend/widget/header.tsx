import type { Config } from "./contract";
import { describeHours } from "./hours";
import { Icon } from "./icons";
import { LANGUAGE_NAMES, orderLanguages, type Language } from "./language";
import type { Say } from "./words";

interface Props {
  config: Config | null;
  language: Language;
  say: Say;
  onLanguage: (language: Language) => void;
  onClose: () => void;
}

export function Header({ config, language, say, onLanguage, onClose }: Props) {
  return (
    <div class="header">
      <span class="tile" aria-hidden="true">
        {config?.shop.mark}
      </span>
      <div class="header-words">
        <h2 id="title">{config?.shop.name}</h2>
        {config && (
          <p class="hours">
            <span class={config.hours.open_now ? "dot open" : "dot"} aria-hidden="true" />
            {describeHours(config.hours, language, say, new Date())}
          </p>
        )}
      </div>
      <label class="language" title={say("language")}>
        <Icon name="globe" />
        <span aria-hidden="true">{language.toUpperCase()}</span>
        <select
          aria-label={say("language")}
          value={language}
          onChange={(event) => onLanguage(event.currentTarget.value as Language)}
        >
          {orderLanguages(config?.shop.languages ?? []).map((code) => (
            <option key={code} value={code} lang={code}>
              {LANGUAGE_NAMES[code]}
            </option>
          ))}
        </select>
      </label>
      <button class="square" type="button" aria-label={say("close")} title={say("close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
