import type { Config } from "./contract";
import { describeWait } from "./hours";
import { Icon } from "./icons";
import { nameLanguages, type Language } from "./language";
import type { Say } from "./words";

/** What stands there before the first word: who answers, when, and how long it honestly takes. */
export function Welcome({ config, language, say }: { config: Config; language: Language; say: Say }) {
  const { team, shop, wait } = config;
  return (
    <div class="welcome">
      <p class="greeting">{say("greeting")}</p>
      {team.length > 0 && (
        <ul class="faces" aria-hidden="true">
          {team.slice(0, 5).map((alias) => (
            <li key={alias}>{alias.slice(0, 1)}</li>
          ))}
        </ul>
      )}
      <p class="fact">
        <Icon name="person" />
        <span>{team.length ? say("team", { names: team.slice(0, 3).join(", ") }) : say("team_nameless", { shop: shop.name })}</span>
      </p>
      <p class="fact">
        <Icon name="clock" />
        <span>{describeWait(wait, language, say)}</span>
      </p>
      {!shop.languages.includes(language) && (
        <p class="fact">
          <Icon name="globe" />
          <span>{say("answers_in", { languages: nameLanguages(shop.languages, language) })}</span>
        </p>
      )}
    </div>
  );
}
