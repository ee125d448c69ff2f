import "@fontsource-variable/inter/wght.css";
import "../shared/tokens/tokens.css";
import "../shop/shop.css";
import "./form.css";

import { render, type RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { Frame } from "../shop/frame";
import { sayFrom, useShop } from "../shop/start";
import { Refused, Unreachable } from "../widget/api";
import type { Config, FormConfig, Received } from "../widget/contract";
import { nameLanguages, type Language } from "../widget/language";
import { readForm, sendForm } from "./api";
import { check, dropDraft, fromServer, keepDraft, newDraft, recallDraft, type Draft, type Problems } from "./draft";
import { Fields, type SayForm } from "./fields";
import { patiently } from "./patience";
import { Sent } from "./sent";
import { FORM_WORDS, type FormKey } from "./words";

function Page() {
  const shop = useShop();
  const { config, language } = shop;
  const say = sayFrom(FORM_WORDS[language]);
  useEffect(() => {
    if (config) document.title = `${say("title")} · ${config.shop.name}`;
  }, [config, language]);
  return (
    <Frame shop={shop} home="/">
      {config && <Contact config={config} language={language} />}
    </Frame>
  );
}

function Contact({ config, language }: { config: Config; language: Language }) {
  const say = sayFrom(FORM_WORDS[language]);
  const [form, setForm] = useState<FormConfig | null>(null);
  const [failed, setFailed] = useState(false);
  const [draft, setDraft] = useState<Draft>(() => recallDraft() ?? newDraft());
  const [wasKept, setWasKept] = useState(() => recallDraft() !== null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problems, setProblems] = useState<Problems>({});
  const [banner, setBanner] = useState<FormKey | null>(null);
  const [isSending, setIsSending] = useState(false);
  const [received, setReceived] = useState<Received | null>(null);
  const top = useRef<HTMLDivElement>(null);

  useEffect(() => readConfig(), [language]);
  useEffect(() => {
    if (banner) top.current?.focus();
  }, [banner, problems]);

  function readConfig() {
    setFailed(false);
    readForm(language).then(setForm, () => setFailed(true));
  }

  function change(to: Draft, field: keyof Problems | "website") {
    setDraft(to);
    setProblems(({ [field as keyof Problems]: _, ...rest }) => rest);
  }

  async function send() {
    if (isSending || !form) return;
    const found = check(draft, form.limits.message_chars, form.categories.length > 0);
    setProblems(found);
    setBanner(Object.keys(found).length ? "fields_wrong" : null);
    if (Object.keys(found).length) return;
    setIsSending(true);
    keepDraft(draft);
    try {
      setReceived(await patiently(() => sendForm(draft, files, language), () => setBanner("keeps_trying")));
      dropDraft();
    } catch (error) {
      keepDraft(draft);
      const reasons = error instanceof Refused ? fromServer(error.fields) : {};
      setProblems(reasons);
      setBanner(bannerFor(error, reasons));
    } finally {
      setIsSending(false);
    }
  }

  function startAgain() {
    setDraft({ ...newDraft(), name: draft.name, email: draft.email });
    setFiles([]);
    setWasKept(false);
    setReceived(null);
  }

  if (received) return <Sent {...{ received, language, say }} email={draft.email} onAgain={startAgain} />;
  return (
    <div class="sheet">
      <h1>{say("title")}</h1>
      <p class="intro">
        {say("intro", { shop: config.shop.name, languages: nameLanguages(config.shop.languages, language) })}
      </p>
      <Banners {...{ top, banner, wasKept, say }} />
      {form ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Fields {...{ form, draft, files, problems, language, say }} onDraft={change} onFiles={setFiles} />
          <button type="submit" class="button" aria-disabled={isSending}>
            {say(isSending ? "sending" : "send")}
          </button>
        </form>
      ) : (
        failed && <Failed say={say} onAgain={readConfig} />
      )}
    </div>
  );
}

interface BannersProps {
  top: RefObject<HTMLDivElement | null>;
  banner: FormKey | null;
  wasKept: boolean;
  say: SayForm;
}

/** What is wrong with all of it, or that what was typed before is there again. */
function Banners({ top, banner, wasKept, say }: BannersProps) {
  return (
    <div ref={top} tabIndex={-1} class="banners">
      {banner && (
        <p class="banner problem" role="alert">
          {say(banner)}
        </p>
      )}
      {!banner && wasKept && <p class="banner">{say("draft_found")}</p>}
    </div>
  );
}

function Failed({ say, onAgain }: { say: SayForm; onAgain: () => void }) {
  return (
    <div class="failed" role="alert">
      <p>{say("failed")}</p>
      <button type="button" class="button" onClick={onAgain}>
        {say("retry")}
      </button>
    </div>
  );
}

function bannerFor(error: unknown, reasons: Problems): FormKey {
  if (Object.keys(reasons).length) return "fields_wrong";
  if (error instanceof Unreachable) return "offline";
  return error instanceof Refused && error.status === 413 ? "too_big" : "not_sent";
}

render(<Page />, document.getElementById("page")!);
