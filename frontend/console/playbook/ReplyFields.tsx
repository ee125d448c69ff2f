import { useId } from "react";

import { SelectField, TextArea } from "../../shared/components/Field";
import { useLanguage } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import type { Shelf } from "./api";
import { fillWith } from "./blanks";
import type { Bodies, Texts } from "./bodies";
import { Blanked } from "./Picker";

const SPOKEN = ["en", "es", "it", "de", "fr", "pt"];
export const VARIABLES = ["customer.name", "customer.first_name", "order.number", "case.number", "agent.alias", "shop.name", "shop.returns", "hours.week", "hours.opens"];

export interface FieldsProps<T> {
  shelf: Shelf;
  body: T;
  errors: Record<string, string>;
  onChange: (body: T) => void;
}

/** A saved reply in its languages, with what an agent would see beside it. */
export function ReplyFields({ shelf, body, errors, onChange }: FieldsProps<Bodies["reply"]>) {
  const say = useWords();
  const about = useId();
  return (
    <>
      <TextsFields shelf={shelf} texts={body.texts} errors={errors} path="texts" onChange={(texts) => onChange({ ...body, texts })} />
      <label className="flex items-start gap-2 text-13">
        <input type="checkbox" checked={body.as_is} aria-describedby={about} onChange={(event) => onChange({ ...body, as_is: event.target.checked })} className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
        <span>
          {say("playbook.upkeep.asIs")}
          <span id={about} className="block text-12 text-text-2">
            {say("playbook.upkeep.asIsText")}
          </span>
        </span>
      </label>
    </>
  );
}

interface TextsProps {
  shelf: Shelf;
  texts: Texts;
  errors: Record<string, string>;
  path: string;
  onChange: (texts: Texts) => void;
}

export function TextsFields({ shelf, texts, errors, path, onChange }: TextsProps) {
  const say = useWords();
  const language = useLanguage();
  const missing = [...new Set([...shelf.languages, ...SPOKEN])].filter((code) => !(code in texts));
  return (
    <div className="flex flex-col gap-4">
      {Object.entries(texts).map(([code, text]) => (
        <div key={code} className="grid gap-3 md:grid-cols-2">
          <TextArea
            label={say("playbook.upkeep.textIn", { language: languageName(code, language) })}
            lang={code}
            rows={7}
            maxLength={6000}
            error={errors[`${path}.${code}`] ?? errors[path]}
            value={text}
            onChange={(event) => onChange({ ...texts, [code]: event.target.value })}
          />
          <Preview shelf={shelf} text={text} />
        </div>
      ))}
      <details className="text-12 text-text-2">
        <summary className="cursor-pointer">{say("playbook.upkeep.variables")}</summary>
        <p className="pt-1">{say("playbook.upkeep.variablesText", { open: "{{", close: "}}" })}</p>
        <p className="pt-1 break-words">
          {VARIABLES.map((name) => (
            <code key={name} className="mr-2 inline-block">{`{{${name}}}`}</code>
          ))}
        </p>
      </details>
      {missing.length > 0 && (
        <div className="w-56">
          <SelectField label={say("playbook.upkeep.addLanguage")} value="" onChange={(event) => event.target.value && onChange({ ...texts, [event.target.value]: "" })}>
            <option value="" />
            {missing.map((code) => (
              <option key={code} value={code}>
                {languageName(code, language)}
              </option>
            ))}
          </SelectField>
        </div>
      )}
    </div>
  );
}

function Preview({ shelf, text }: { shelf: Shelf; text: string }) {
  const say = useWords();
  const me = useMe();
  const values = {
    "customer.name": "María García",
    "customer.first_name": "María",
    "order.number": "10233",
    "case.number": `${shelf.client.mark}-4821`,
    "agent.alias": me.name.split(" ")[0] ?? "",
    "shop.name": shelf.client.name,
  };
  return (
    <section aria-label={say("playbook.upkeep.preview")} className="flex min-w-0 flex-col gap-1">
      <h3 className="text-12 font-medium text-text-2">{say("playbook.upkeep.preview")}</h3>
      <div className="flex-1 rounded bg-surface-3 px-3 py-1.5 text-13">
        <Blanked text={fillWith(text, values).replace(/\{\{\s*([^{}\n]{0,80}?)\s*\}\}/g, "[[$1]]")} />
      </div>
    </section>
  );
}
