import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Composer } from "./composer";
import type { SaidFile } from "./contract";
import { Header } from "./header";
import { Icon } from "./icons";
import { Instead } from "./instead";
import type { Language } from "./language";
import { Messages } from "./messages";
import { StatusStrip } from "./status";
import type { Talk } from "./talk";
import type { Draft, State } from "./talk_state";
import { visible, type Pending } from "./thread";
import { refusalKey } from "./refusals";
import type { Say } from "./words";
import { Welcome } from "./welcome";

const NOTHING: Draft = { text: "", files: [], name: "", email: "" };

interface Props {
  talk: Talk;
  state: State;
  isOpen: boolean;
  language: Language;
  say: Say;
  onLanguage: (language: Language) => void;
  onClose: () => void;
}

export function Panel({ talk, state, isOpen, language, say, onLanguage, onClose }: Props) {
  const [draft, setDraft] = useState<Draft>(NOTHING);
  const [writesAgain, setWritesAgain] = useState(false);
  const [problem, setProblem] = useState("");
  const panel = useRef<HTMLElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  const { config, thread } = state;
  const items = visible(thread);
  const isClosed = state.status === "closed" && !writesAgain && thread.pending.length === 0;
  const asksWho = thread.said.length === 0 && thread.pending.length === 0;

  useEffect(() => {
    if (isOpen) (panel.current?.querySelector<HTMLElement>("#text") ?? panel.current)?.focus({ preventScroll: true });
  }, [isOpen, state.phase, writesAgain]);

  useEffect(() => {
    if (isOpen && !document.hidden) talk.markRead();
  }, [isOpen, thread.lastSeq]);

  useLayoutEffect(() => {
    const box = scroll.current;
    if (box && (wasAtEnd.current || items.at(-1)?.kind === "pending")) box.scrollTop = box.scrollHeight;
  }, [items.length, items.at(-1)?.key, isOpen, isClosed, state.isTyping]);

  function send() {
    talk.write(draft);
    if (config?.sneak_peek) talk.tellTyping("");
    setDraft({ ...draft, text: "", files: [] });
    setWritesAgain(false);
    wasAtEnd.current = true;
  }

  function edit(own: Pending) {
    talk.takeBack(own.clientKey);
    setDraft({ ...draft, text: [own.text, draft.text].filter(Boolean).join("\n"), files: [...own.files, ...draft.files] });
  }

  async function download(file: SaidFile) {
    setProblem("");
    try {
      fetchAway(await talk.api.linkTo(file.id));
    } catch {
      setProblem(say("download_failed", { name: file.name }));
    }
  }

  return (
    <section
      ref={panel}
      id="panel"
      class="panel"
      role="dialog"
      aria-modal="false"
      aria-labelledby="title"
      lang={language}
      tabIndex={-1}
      hidden={!isOpen}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Header {...{ config, language, say, onLanguage, onClose }} />
      {config && <StatusStrip {...{ talk, state, language, say }} />}
      <div
        ref={scroll}
        class="scroll"
        tabIndex={items.length ? 0 : undefined}
        onScroll={(event) => {
          const box = event.currentTarget;
          wasAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
        }}
      >
        {!config && <Unready {...{ state, say }} onRetry={() => void talk.load()} />}
        {config && items.length === 0 && <Welcome {...{ config, language, say }} />}
        <div role="log" aria-live="polite" aria-label={say("conversation")}>
          {items.length > 0 && (
            <Messages
              {...{ items, language, say }}
              shopName={config?.shop.name ?? ""}
              onRetry={(key) => talk.retry(key)}
              onEdit={edit}
              onDownload={(file) => void download(file)}
            />
          )}
        </div>
        {state.isTyping && <Typing {...{ say }} name={state.agent ?? ""} />}
        {state.refusedFiles.map(({ name, reason }) => (
          <p key={name} class="note problem" role="alert">
            {say(refusalKey(reason), { name })}
          </p>
        ))}
        {problem && (
          <p class="note problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {config && <Instead key={state.conversation ?? ""} {...{ talk, state, language, say }} email={draft.email} />}
      {config && isClosed && (
        <div class="closed">
          <p>
            <strong>{say("closed_title")}</strong> {say("closed_hint")}
          </p>
          <button type="button" class="primary" onClick={() => setWritesAgain(true)}>
            {say("write_again")}
          </button>
        </div>
      )}
      {config && !isClosed && (
        <Composer
          {...{ draft, language, say, asksWho }}
          limits={config.limits}
          onDraft={setDraft}
          onSend={send}
          onTyping={(text) => talk.tellTyping(text)}
          isSeen={config.sneak_peek}
        />
      )}
    </section>
  );
}

function Unready({ state, say, onRetry }: { state: State; say: Say; onRetry: () => void }) {
  if (state.phase === "loading") {
    return (
      <div class="skeleton" aria-busy="true">
        <span />
        <span />
        <span />
      </div>
    );
  }
  return (
    <div class="unready" role="alert">
      <Icon name="alert" />
      <p>{say(state.phase === "unavailable" ? "unavailable" : "load_failed")}</p>
      {state.phase === "failed" && (
        <button type="button" class="primary" onClick={onRetry}>
          {say("retry")}
        </button>
      )}
    </div>
  );
}

function Typing({ name, say }: { name: string; say: Say }) {
  return (
    <p class="typing" role="status">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {name ? say("typing", { name }) : say("typing_nameless")}
    </p>
  );
}

/** The host of files answers with a download, or with a picture in a window of its own. */
function fetchAway(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
}
