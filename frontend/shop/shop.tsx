import "@fontsource-variable/inter/wght.css";
import "../shared/tokens/tokens.css";
import "./shop.css";

import { render } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import type { Config } from "../widget/contract";
import { describeHours, describeWait } from "../widget/hours";
import { nameLanguages, type Language } from "../widget/language";
import { useWidgetWords } from "../form/widget_words";
import { ARTICLES, kindOf, type Article } from "./catalogue";
import { Frame } from "./frame";
import { sayFrom, useShop } from "./start";
import { SHOP_WORDS } from "./words";

function Page() {
  const shop = useShop();
  const { config, language } = shop;
  useEffect(() => {
    if (!config) return;
    document.title = config.shop.name;
    embed(config);
  }, [config]);
  return <Frame shop={shop}>{config && <Storefront config={config} language={language} />}</Frame>;
}

function Storefront({ config, language }: { config: Config; language: Language }) {
  const say = sayFrom(SHOP_WORDS[language]);
  const kind = kindOf(config.shop.name);
  const articles = ARTICLES[kind];
  const Hero = articles[0]!.Art;
  return (
    <>
      <section class="hero">
        <div class="hero-words">
          <h1>{say(`${kind}_title`)}</h1>
          <p>{say(`${kind}_text`)}</p>
          <div class="actions">
            <a class="button" href="#range">
              {say("see_range")}
            </a>
            <button type="button" class="button plain" data-centralita-open>
              {say("ask")}
            </button>
          </div>
        </div>
        <div class="hero-art">
          <Hero />
        </div>
      </section>
      <section id="range" class="range" aria-labelledby="range-title">
        <h2 id="range-title">{say("range_title")}</h2>
        <ul>
          {articles.map((article) => (
            <Card key={article.name} article={article} type={say(article.type)} language={language} />
          ))}
        </ul>
      </section>
      <Service config={config} language={language} />
    </>
  );
}

function Card({ article, type, language }: { article: Article; type: string; language: Language }) {
  const price = new Intl.NumberFormat(language, { style: "currency", currency: "EUR", maximumFractionDigits: 0 });
  return (
    <li>
      <div class="art">
        <article.Art />
      </div>
      <p class="article">
        <strong>{article.name}</strong>
        <span>{price.format(article.price)}</span>
      </p>
      <p class="quiet">{type}</p>
    </li>
  );
}

function Service({ config, language }: { config: Config; language: Language }) {
  const say = sayFrom(SHOP_WORDS[language]);
  const widget = useWidgetWords(language);
  const now = useMemo(() => new Date(), [config]);
  const lang = new URLSearchParams(location.search).has("lang") ? `?lang=${language}` : "";
  return (
    <section id="service" class="service" aria-labelledby="service-title">
      <h2 id="service-title">{say("service_title")}</h2>
      <div class="ways">
        <article>
          <h3>{say("chat_title")}</h3>
          <p class="state">
            <span class={config.hours.open_now ? "dot open" : "dot"} aria-hidden="true" />
            {describeHours(config.hours, language, widget, now)}
          </p>
          <p>{describeWait(config.wait, language, widget)}</p>
          <button type="button" class="link" data-centralita-open>
            {say("ask")}
          </button>
        </article>
        <article>
          <h3>{say("form_title")}</h3>
          <p>{say("form_text")}</p>
          <a class="link" href={`/contact/${lang}`}>
            {say("form_open")}
          </a>
        </article>
        <article>
          <h3>{say("languages_title")}</h3>
          <p>{say("languages_text", { languages: nameLanguages(config.shop.languages, language) })}</p>
        </article>
      </div>
    </section>
  );
}

/** The script tag that a shop copies into its own page. */
function embed({ key, shop }: Config): void {
  if (document.getElementById("centralita")) return;
  const script = document.createElement("script");
  script.id = "centralita";
  script.src = "/widget.js";
  script.async = true;
  script.dataset.line = key;
  script.dataset.color = shop.color;
  document.body.append(script);
}

render(<Page />, document.getElementById("page")!);
