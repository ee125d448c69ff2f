import { useState } from "react";

import { TextField } from "../../shared/components/Field";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, asMonth } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { useShop } from "../session";
import { useWords } from "../words/load";
import { hashIn } from "./hash";

/** Whoever holds a paper types its hash, and sees whether it is one of the shop's reports. */
export function FindHash({ reports }: { reports: readonly api.Report[] }) {
  const say = useWords();
  const language = useLanguage();
  const locale = useLocale();
  const zone = useShop().time_zone;
  const [text, setText] = useState("");
  const typed = hashIn(text);
  const found = reports.find((report) => report.data_sha256 === typed);
  const answer = found
    ? say("reports.hash_found", { month: asMonth(found.month, language), at: asInstant(found.issued_at, locale, zone) })
    : say(typed ? "reports.hash_unknown" : "reports.hash_short");
  return (
    <section aria-label={say("reports.find_hash")} className="max-w-[44rem] pt-8">
      <TextField
        label={say("reports.find_hash")}
        hint={say("reports.find_hash_text")}
        className="figures h-11"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p role="status" className={found ? "pt-2 text-13 text-ok" : "pt-2 text-13 text-text-2"}>
        {text.trim() && answer}
      </p>
    </section>
  );
}
