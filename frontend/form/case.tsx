import { localeOf } from "../shared/time/locale";
import "@fontsource-variable/inter/wght.css";
import "../shared/tokens/tokens.css";
import "../shop/shop.css";
import "./form.css";

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Frame } from "../shop/frame";
import { sayFrom, useShop } from "../shop/start";
import { Refused } from "../widget/api";
import type { Language } from "../widget/language";
import type { CaseState } from "../widget/contract";
import { readCase } from "./api";
import { FORM_WORDS } from "./words";

/** Where the link in an acknowledgement leads: how the case stands, without anything that was said in it. */
function Page() {
  const shop = useShop();
  return (
    <Frame shop={shop} home="/">
      {shop.config && <Case language={shop.language} />}
    </Frame>
  );
}

function Case({ language }: { language: Language }) {
  const say = sayFrom(FORM_WORDS[language]);
  const [found, setFound] = useState<CaseState | "none" | "failed" | null>(null);
  const token = location.pathname.split("/").filter(Boolean).at(-1) ?? "";

  useEffect(() => read(), []);
  useEffect(() => {
    if (found && typeof found === "object") document.title = say("case_title", { number: found.case_number });
  }, [found, language]);

  function read() {
    setFound(null);
    readCase(token).then(setFound, (error: unknown) => setFound(error instanceof Refused ? "none" : "failed"));
  }

  if (found === null) return <div class="waiting" aria-busy="true" />;
  if (found === "none") return <p class="sheet">{say("case_none")}</p>;
  if (found === "failed") {
    return (
      <div class="failed" role="alert">
        <p>{say("failed")}</p>
        <button type="button" class="button" onClick={read}>
          {say("retry")}
        </button>
      </div>
    );
  }
  const when = (iso: string) => new Date(iso).toLocaleString(localeOf(language), { dateStyle: "long", timeStyle: "short" });
  return (
    <div class="sheet">
      <h1>{say("case_title", { number: found.case_number })}</h1>
      <p class="intro">{say(`case_${found.status}`)}</p>
      <dl class="facts">
        <dt>{say("case_opened")}</dt>
        <dd>{when(found.opened_at)}</dd>
        <dt>{say("case_last")}</dt>
        <dd>{when(found.last_message_at)}</dd>
      </dl>
    </div>
  );
}

render(<Page />, document.getElementById("page")!);
