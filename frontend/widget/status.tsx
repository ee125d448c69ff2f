import { useState } from "preact/hooks";

import { describeRest } from "./hours";
import { Icon } from "./icons";
import type { Language } from "./language";
import type { Talk } from "./talk";
import type { State } from "./talk_state";
import type { Say } from "./words";

/** Under the header: the case number, who is there, and what is wrong with the connection. */
export function StatusStrip({ talk, state, language, say }: { talk: Talk; state: State; language: Language; say: Say }) {
  const isOpen = state.status === "open" || state.status === "waiting_customer";
  const waits = isOpen && !state.agent && !state.hasLeft && state.thread.said.length > 0;
  return (
    <>
      {!state.online ? (
        <p class="banner" role="status">
          <Icon name="alert" size={16} />
          {say("offline")}
        </p>
      ) : (
        (state.link === "lost" || state.isDeaf) && (
          <p class="banner late" role="status">
            {say("reconnecting")}
          </p>
        )
      )}
      {state.caseNumber && (
        <div class="strip">
          <CaseNumber number={state.caseNumber} say={say} />
          <p class="strip-state" role="status">
            {isOpen && state.agent && say("with_you", { name: state.agent })}
            {waits && <Place state={state} language={language} say={say} />}
            {state.hasLeft && say("left")}
          </p>
          {waits && (
            <button type="button" class="link" onClick={() => void talk.leave()}>
              {say("leave")}
            </button>
          )}
        </div>
      )}
    </>
  );
}

/** Which number, and how long still: "number 3, about 5 minutes". */
function Place({ state: { position, wait }, language, say }: { state: State; language: Language; say: Say }) {
  if (!position) return <>{say("finding")}</>;
  return (
    <>
      {say("position", { n: position })}
      {wait && (
        <>
          {", "}
          <span class="nowrap">{describeRest(wait, language, say)}</span>
        </>
      )}
    </>
  );
}

function CaseNumber({ number, say }: { number: string; say: Say }) {
  const [copied, setCopied] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(number);
    } catch {
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  }
  return (
    <span class="case">
      <span class="tabular">{say("case_number", { number })}</span>
      <button type="button" class="square small" aria-label={say("copy")} title={say("copy")} onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} size={16} />
      </button>
      <span class={copied ? "quiet" : "hidden"} role="status">
        {copied ? say("copied") : ""}
      </span>
    </span>
  );
}
