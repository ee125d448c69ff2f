import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Dialog } from "../../shared/components/Dialog";
import { SelectField } from "../../shared/components/Field";
import { Page } from "../../shared/components/Page";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { DefinitionChange, ScorecardInFull } from "../../shared/model";
import { asInstant, languageName } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { wordOr } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { CardForm } from "./CardForm";
import { useCard, type Editor } from "./card";
import { placeOf } from "./editing";
import { CardPreview } from "./CardPreview";
import { useBegin } from "./ScorecardsPage";

const route = getRouteApi("/inside/scorecards/$tenant/$scorecard");
const LANGUAGES = ["en", "es", "it", "de", "fr", "pt"];
const FIELDS = ["text", "kind", "weight", "na_allowed", "critical", "fatal", "comment", "guidance", "channels", "only_if", "max", "options", "none_at", "full_at", "section", "title", "code", "sections", "definition"] as const;

/** One version of a scorecard: to be edited while it is a draft, to be looked at afterwards; the form as it will be, beside it. */
export function ScorecardPage() {
  const { tenant, scorecard } = route.useParams();
  // Asked for once: what is edited here is newer than any answer.
  const query = useQuery({ queryKey: ["scorecard", tenant, scorecard], queryFn: () => api.card(tenant, scorecard), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  return <Asked query={query}>{(card) => (card.is_draft ? <Draft key={card.id} tenant={tenant} opened={card} /> : <Published tenant={tenant} card={card} />)}</Asked>;
}

function Published({ tenant, card }: { tenant: string; card: ScorecardInFull }) {
  const say = useWords();
  const language = useLanguage();
  const begin = useBegin(tenant);
  const acts = (
    <>
      <Back tenant={tenant} />
      <Button onClick={() => void begin(card.name)}>{say("scorecards.next", { version: card.version + 1 })}</Button>
    </>
  );
  return (
    <Page wide title={card.name} detail={say("scorecards.version", { version: card.version })} acts={acts}>
      <p className="mb-4 text-13 text-text-2">
        {say("scorecards.past", { at: asInstant(card.valid_from, language) })} · {say("scorecards.used", { count: card.used })} · {say("scorecards.frozen")}
      </p>
      <div className="max-w-2xl">
        <CardPreview definition={card.definition} />
      </div>
    </Page>
  );
}

function Draft({ tenant, opened }: { tenant: string; opened: ScorecardInFull }) {
  const say = useWords();
  const language = useLanguage();
  const editor = useCard(tenant, opened);
  const [written, setWritten] = useState<string>(LANGUAGES.includes(language) ? language : "en");
  const [asking, setAsking] = useState<"publish" | "discard">();
  const { card, history } = editor;
  const acts = (
    <>
      <Back tenant={tenant} />
      <Button small disabled={!history.past.length} onClick={editor.undo}>
        {say("scorecards.undo")}
      </Button>
      <Button small disabled={!history.future.length} onClick={editor.redo}>
        {say("scorecards.redo")}
      </Button>
      <Button small onClick={() => setAsking("discard")}>
        {say("scorecards.throwAway")}
      </Button>
      <Button kind="primary" disabled={Boolean(card.fault) || editor.state !== "saved" || card.changes.length === 0} onClick={() => setAsking("publish")}>
        {say("scorecards.publish")}
      </Button>
    </>
  );
  const detail = (
    <>
      {say("scorecards.version", { version: card.version })} · {say("scorecards.draft")} · <span role="status">{say(`scorecards.${editor.state}`)}</span>
    </>
  );
  return (
    <Page wide title={card.name} detail={detail} acts={acts}>
      <div className="grid gap-8 xl:grid-cols-[minmax(0,1fr)_26rem]" onKeyDown={editor.onKey}>
        <div className="min-w-0">
          <div className="mb-3 flex flex-wrap items-end gap-4">
            <SelectField label={say("scorecards.language")} value={written} onChange={(event) => setWritten(event.target.value)}>
              {LANGUAGES.map((code) => (
                <option key={code} value={code}>
                  {languageName(code, language)}
                </option>
              ))}
            </SelectField>
            <p className="pb-2 text-12 text-text-3">{say("scorecards.keys")}</p>
          </div>
          <Fault editor={editor} />
          <CardForm editor={editor} language={written} />
        </div>
        <aside className="min-w-0 xl:sticky xl:top-0 xl:max-h-[calc(100dvh-6rem)] xl:self-start xl:overflow-y-auto" tabIndex={0} aria-label={say("scorecards.preview")}>
          <CardPreview definition={history.now} />
        </aside>
      </div>
      {asking === "publish" && <PublishDialog tenant={tenant} editor={editor} onClose={() => setAsking(undefined)} />}
      {asking === "discard" && <DiscardDialog tenant={tenant} card={card} onClose={() => setAsking(undefined)} />}
    </Page>
  );
}

function Back({ tenant }: { tenant: string }) {
  const say = useWords();
  return (
    <Link to="/scorecards" search={{ tenant }} className="text-13 text-accent hover:underline">
      ← {say("scorecards.title")}
    </Link>
  );
}

/** Where it cannot score yet, and why. */
function Fault({ editor }: { editor: Editor }) {
  const say = useWords();
  const { fault } = editor.card;
  if (!fault || editor.state !== "saved") return null;
  const { section, question, field } = placeOf(fault.field);
  const name = wordOr(FIELDS, field, (known) => say(`scorecards.fields.${known}`));
  const where = question === undefined ? say("scorecards.placeSection", { section: section + 1, field: name }) : say("scorecards.place", { section: section + 1, question: question + 1, field: name });
  const go = () => document.querySelector<HTMLElement>(`#place-${section}${question === undefined ? "" : `-${question}`} input`)?.focus();
  return (
    <div role="alert" className="mb-4 rounded border border-line bg-surface-3 px-4 py-2.5 text-13">
      <p className="font-medium">{say("scorecards.fault")}</p>
      <p>
        {fault.field === "sections" ? fault.reason : `${where}: ${fault.reason}`}{" "}
        {fault.field !== "sections" && (
          <button type="button" className="underline" onClick={go}>
            {say("scorecards.goThere")}
          </button>
        )}
      </p>
    </div>
  );
}

function PublishDialog({ tenant, editor, onClose }: { tenant: string; editor: Editor; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { card } = editor;
  const publish = async () => {
    const done = await attempt(() => api.publishCard(tenant, card.id, card.revision));
    if (!done) return onClose();
    await client.invalidateQueries({ queryKey: ["scorecards", tenant] });
    toast(say("scorecards.published", { version: done.version }));
    await navigate({ to: "/scorecards", search: { tenant } });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="primary" onClick={() => void publish()}>
        {say("scorecards.publishNow")}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={say("scorecards.publishTitle", { version: card.version })} text={say("scorecards.publishText")} footer={footer}>
      <ul className="list-disc pl-5 text-13">
        {card.changes.map((change) => (
          <li key={change.what + change.code}>
            <Change change={change} editor={editor} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Change({ change, editor }: { change: DefinitionChange; editor: Editor }) {
  const say = useWords();
  const language = useLanguage();
  const fields = change.fields.map((field) => wordOr(FIELDS, field, (known) => say(`scorecards.fields.${known}`))).join(", ");
  return say(`scorecards.changes.${change.what}`, { code: editor.nameOf(change.code, language), fields });
}

function DiscardDialog({ tenant, card, onClose }: { tenant: string; card: ScorecardInFull; onClose: () => void }) {
  const say = useWords();
  const shared = useShared();
  const attempt = useTry();
  const navigate = useNavigate();
  const discard = async () => {
    if ((await attempt(() => api.discardCard(tenant, card.id).then(() => true))) !== true) return onClose();
    toast(say("scorecards.thrown"));
    await navigate({ to: "/scorecards", search: { tenant } });
  };
  const footer = (
    <>
      <Button onClick={onClose}>{shared("cancel")}</Button>
      <Button kind="risk" onClick={() => void discard()}>
        {say("scorecards.throwNow")}
      </Button>
    </>
  );
  return <Dialog open onClose={onClose} title={say("scorecards.throwTitle")} text={say("scorecards.throwText")} footer={footer} />;
}
