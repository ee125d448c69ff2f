import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type FormEvent } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { Page } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage, useShared } from "../../shared/i18n/use";
import type { NewShop } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { refreshMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";

const LANGUAGES = ["es", "en", "de", "fr", "it", "pt"];
const COUNTRIES = ["ES", "PT", "FR", "IT", "DE", "AT", "NL", "BE", "IE", "GB", "PL", "SE", "DK", "US", "MX"];
const CURRENCIES = ["EUR", "GBP", "USD", "CHF", "SEK", "DKK", "PLN", "MXN"];
const COLOURS = ["#1d4ed8", "#0f766e", "#b45309", "#be123c", "#6d28d9", "#15803d", "#334155", "#9d174d"];

const NAME_MAX = 120;

const EMPTY: NewShop = { name: "", slug: "", country: "ES", languages: ["es"], time_zone: "Europe/Madrid", mark: "", color: COLOURS[0]!, currency: "EUR", tone: "", legal_name: "", tax_id: "", postal_address: "" };

/** "Bodega Ñandú" → "bodega-nandu". */
export function slugOf(name: string): string {
  const plain = name.replaceAll("ß", "ss").normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  return plain.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
}

/** Two letters: the initials, or the first two of one word. */
export function markOf(name: string): string {
  const words = slugOf(name).split("-").filter(Boolean);
  return (words.length > 1 ? words[0]![0]! + words[1]![0]! : (words[0] ?? "").slice(0, 2)).toUpperCase();
}

export function NewShopPage() {
  const say = useWords();
  const [made, setMade] = useState<{ name: string; slug: string } | null>(null);
  return (
    <Page title={say("operator.newShop")}>
      {made ? <Ready made={made} onAgain={() => setMade(null)} /> : <Form onMade={setMade} />}
    </Page>
  );
}

const domain = () => location.host.replace(/^desk\./, "");

function Ready({ made, onAgain }: { made: { name: string; slug: string }; onAgain: () => void }) {
  const say = useWords();
  const address = `${location.protocol}//${made.slug}.${domain()}/`;
  const act = (
    <div className="flex gap-2">
      <a href={address} target="_blank" rel="noopener">
        <Button kind="primary">{address}</Button>
      </a>
      <Button onClick={onAgain}>{say("operator.another")}</Button>
    </div>
  );
  return <Notice icon="check" title={say("operator.created", { name: made.name })} text={say("operator.createdText", { address })} act={act} />;
}

function useShopForm(onMade: (shop: NewShop) => void) {
  const shared = useShared();
  const client = useQueryClient();
  const [shop, setShop] = useState(EMPTY);
  const [fields, setFields] = useState<Record<string, string>>({});
  const [isBusy, setIsBusy] = useState(false);
  const set = (change: Partial<NewShop>) => setShop((kept) => ({ ...kept, ...change }));
  const name = (given: string) => {
    const follows = (mine: string, made: string) => mine === "" || mine === made;
    set({
      name: given,
      ...(follows(shop.slug, slugOf(shop.name)) && { slug: slugOf(given) }),
      ...(follows(shop.mark, markOf(shop.name)) && { mark: markOf(given) }),
    });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      await api.openShop(shop);
      setFields({});
      onMade(shop);
      await refreshMe(client);
    } catch (error) {
      const known = error instanceof ApiError ? error : undefined;
      setFields(known?.fields ?? {});
      toast(known && !known.offline ? known.message : shared("offline.title"), { kind: "risk" });
    } finally {
      setIsBusy(false);
    }
  };
  return { shop, set, name, fields, isBusy, submit };
}

type ShopForm = ReturnType<typeof useShopForm>;

function Form({ onMade }: { onMade: (shop: NewShop) => void }) {
  const say = useWords();
  const form = useShopForm(onMade);
  const { shop, set, fields } = form;
  const tooLong = shop.name.length > NAME_MAX ? say("operator.nameTooLong", { most: NAME_MAX, n: shop.name.length }) : undefined;
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  return (
    <form onSubmit={(event) => void form.submit(event)} className="grid max-w-2xl gap-4 sm:grid-cols-2">
      <p className="text-text-2 sm:col-span-2">{say("operator.newShopText")}</p>
      <TextField label={say("operator.name")} required autoFocus value={shop.name} error={tooLong ?? fields.name} onChange={(event) => form.name(event.target.value)} />
      <TextField
        label={say("operator.slug")}
        required
        pattern="[a-z0-9]([a-z0-9\-]*[a-z0-9])?"
        maxLength={40}
        value={shop.slug}
        error={fields.slug}
        hint={say("operator.slugHint", { slug: shop.slug || "…", domain: domain() })}
        onChange={(event) => set({ slug: event.target.value.toLowerCase() })}
      />
      <Country form={form} />
      <SelectField label={say("operator.timeZone")} value={shop.time_zone} error={fields.time_zone} onChange={(event) => set({ time_zone: event.target.value })}>
        {zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </SelectField>
      <Languages form={form} />
      <TextField
        label={say("operator.mark")}
        required
        minLength={2}
        maxLength={2}
        pattern="[A-Za-z]{2}"
        value={shop.mark}
        error={fields.mark}
        hint={say("operator.markHint")}
        onChange={(event) => set({ mark: event.target.value.toUpperCase() })}
      />
      <SelectField label={say("operator.currency")} value={shop.currency} error={fields.currency} onChange={(event) => set({ currency: event.target.value })}>
        {CURRENCIES.map((currency) => (
          <option key={currency}>{currency}</option>
        ))}
      </SelectField>
      <Colours form={form} />
      <Preview shop={shop} />
      <Legal form={form} />
      <div className="sm:col-span-2">
        <Button kind="primary" type="submit" disabled={form.isBusy || shop.languages.length === 0}>
          {say("operator.create")}
        </Button>
      </div>
    </form>
  );
}

/** How agents speak for it, and what stands on its invoices. */
function Legal({ form: { shop, set, fields } }: { form: ShopForm }) {
  const say = useWords();
  return (
    <>
      <div className="sm:col-span-2">
        <TextArea label={say("operator.tone")} rows={2} maxLength={2000} value={shop.tone} error={fields.tone} hint={say("operator.toneHint")} onChange={(event) => set({ tone: event.target.value })} />
      </div>
      <TextField label={say("operator.legalName")} maxLength={200} value={shop.legal_name} error={fields.legal_name} hint={say("operator.forInvoices")} onChange={(event) => set({ legal_name: event.target.value })} />
      <TextField label={say("operator.taxId")} maxLength={40} value={shop.tax_id} error={fields.tax_id} hint={say("operator.forInvoices")} onChange={(event) => set({ tax_id: event.target.value })} />
      <div className="sm:col-span-2">
        <TextArea label={say("operator.postalAddress")} rows={3} maxLength={500} value={shop.postal_address} error={fields.postal_address} onChange={(event) => set({ postal_address: event.target.value })} />
      </div>
    </>
  );
}

function Country({ form: { shop, set, fields } }: { form: ShopForm }) {
  const say = useWords();
  const language = useLanguage();
  const names = new Intl.DisplayNames([language], { type: "region" });
  return (
    <SelectField label={say("operator.country")} value={shop.country} error={fields.country} onChange={(event) => set({ country: event.target.value })}>
      {COUNTRIES.map((code) => (
        <option key={code} value={code}>
          {names.of(code)}
        </option>
      ))}
    </SelectField>
  );
}

function Languages({ form: { shop, set, fields } }: { form: ShopForm }) {
  const say = useWords();
  const language = useLanguage();
  const toggle = (code: string) =>
    set({ languages: shop.languages.includes(code) ? shop.languages.filter((each) => each !== code) : [...shop.languages, code] });
  return (
    <fieldset className="sm:col-span-2">
      <legend className="text-12 font-medium text-text-2">{say("operator.languages")}</legend>
      <div className="mt-1 flex flex-wrap gap-1.5">
        {LANGUAGES.map((code) => {
          const place = shop.languages.indexOf(code);
          return (
            <button
              key={code}
              type="button"
              aria-pressed={place >= 0}
              onClick={() => toggle(code)}
              className="num h-8 rounded border border-line-strong bg-surface-1 px-3 hover:bg-surface-3 aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium"
            >
              {place >= 0 && <span className="text-text-3">{place + 1} </span>}
              {languageName(code, language)}
            </button>
          );
        })}
      </div>
      <p className={`mt-1 text-12 ${fields.languages ? "text-risk" : "text-text-3"}`}>{fields.languages || say("operator.languagesHint")}</p>
    </fieldset>
  );
}

function Colours({ form: { shop, set } }: { form: ShopForm }) {
  const say = useWords();
  return (
    <fieldset>
      <legend className="text-12 font-medium text-text-2">{say("operator.color")}</legend>
      <div className="mt-1 flex flex-wrap items-center gap-1.5">
        {COLOURS.map((colour) => (
          <button
            key={colour}
            type="button"
            aria-label={colour}
            aria-pressed={shop.color === colour}
            onClick={() => set({ color: colour })}
            style={{ background: colour }}
            className="size-7 rounded aria-pressed:outline-2 aria-pressed:outline-offset-2 aria-pressed:outline-text-1"
          />
        ))}
        <input type="color" aria-label={say("operator.color")} value={shop.color} onChange={(event) => set({ color: event.target.value })} className="size-7 cursor-pointer rounded border border-line-strong bg-surface-1 p-0.5" />
      </div>
    </fieldset>
  );
}

function Preview({ shop }: { shop: NewShop }) {
  const say = useWords();
  return (
    <div>
      <p className="text-12 font-medium text-text-2">{say("operator.preview")}</p>
      <div style={wearing(shop)} className="edge mt-1 flex h-10 items-center gap-2 rounded-sm border border-line pr-3 pl-4">
        <ClientTile client={{ ...shop, mark: shop.mark || "··" }} />
        <span className="truncate font-semibold">{shop.name || "…"}</span>
        <span className="num ml-auto text-12 text-text-3">{shop.mark || "··"}-1024</span>
      </div>
    </div>
  );
}
