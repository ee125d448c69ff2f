import { useEffect, useRef, useState } from "preact/hooks";

import type { Received } from "../widget/contract";
import type { Language } from "../widget/language";
import { refusalKey } from "../widget/refusals";
import { useWidgetWords } from "./widget_words";
import type { SayForm } from "./fields";

interface Props {
  received: Received;
  email: string;
  language: Language;
  say: SayForm;
  onAgain: () => void;
}

export function Sent({ received, email, language, say, onAgain }: Props) {
  const [copied, setCopied] = useState(false);
  const sayReason = useWidgetWords(language);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);

  async function copy() {
    await navigator.clipboard.writeText(received.case_number).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  }

  return (
    <div class="sheet sent">
      <h1 ref={title} tabIndex={-1}>
        {say("sent_title")}
      </h1>
      <div class="case">
        <span class="quiet">{say("case_number")}</span>
        <strong>{received.case_number}</strong>
        <button type="button" class="button plain" onClick={() => void copy()}>
          {say(copied ? "copied" : "copy")}
        </button>
      </div>
      <p>{say("sent_text", { email })}</p>
      {(received.refused_files ?? []).map(({ name, reason }) => (
        <p key={name} class="more problem">
          {sayReason(refusalKey(reason), { name })}
        </p>
      ))}
      <p class="actions">
        {received.status_url && (
          <a class="link" href={received.status_url}>
            {say("follow")}
          </a>
        )}
        <button type="button" class="link" onClick={onAgain}>
          {say("another")}
        </button>
      </p>
    </div>
  );
}
