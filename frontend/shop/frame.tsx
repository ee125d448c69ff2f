import type { ComponentChildren } from "preact";

import { LANGUAGE_NAMES, orderLanguages, type Language } from "../widget/language";
import { sayFrom, type Opened } from "./start";
import { SHOP_WORDS } from "./words";

interface Props {
  shop: Opened;
  /** Where the menu's anchors live; empty on the shop's own page. */
  home?: string;
  children: ComponentChildren;
}

/** Head and foot of each page at a shop's host, and what it says while the shop is not known. */
export function Frame({ shop, home = "", children }: Props) {
  const { config, language } = shop;
  const say = sayFrom(SHOP_WORDS[language]);
  const lang = new URLSearchParams(location.search).has("lang") ? `?lang=${language}` : "";
  return (
    <>
      <a class="skip" href="#main">
        {say("skip")}
      </a>
      <header>
        <p class="demo">{say("demo")}</p>
        <div class="top">
          <a class="brand" href={`/${lang}`}>
            <span class="tile" aria-hidden="true">
              {config?.shop.mark}
            </span>
            <span>{config?.shop.name}</span>
          </a>
          <nav>
            <a class="wide" href={`${home && `/${lang}`}#range`}>
              {say("nav_range")}
            </a>
            <a class="wide" href={`${home && `/${lang}`}#service`}>
              {say("nav_service")}
            </a>
            <a href={`/contact/${lang}`}>{say("nav_contact")}</a>
            <LanguageChoice shop={shop} label={say("language")} />
          </nav>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {config ? (
          children
        ) : shop.failed ? (
          <div class="failed" role="alert">
            <p>{say("failed")}</p>
            <button type="button" class="button" onClick={shop.retry}>
              {say("retry")}
            </button>
          </div>
        ) : (
          <div class="waiting" aria-busy="true" />
        )}
      </main>
      {config && (
        <footer class="foot">
          <span>{config.shop.name}</span>
          <a href={`/contact/${lang}`}>{say("nav_contact")}</a>
          <a href="/portal/">{say("portal", { shop: config.shop.name })}</a>
        </footer>
      )}
    </>
  );
}

function LanguageChoice({ shop, label }: { shop: Opened; label: string }) {
  return (
    <label class="choice">
      <span class="hidden">{label}</span>
      <select
        value={shop.language}
        onChange={(event) => shop.setLanguage(event.currentTarget.value as Language)}
      >
        {orderLanguages(shop.config?.shop.languages ?? []).map((code) => (
          <option key={code} value={code} lang={code}>
            {LANGUAGE_NAMES[code]}
          </option>
        ))}
      </select>
    </label>
  );
}
