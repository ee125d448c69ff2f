import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Language } from "../widget/language";
import { countCharacters, nameSize, sortFiles } from "../widget/limits";
import { useWidgetWords } from "./widget_words";
import type { Params } from "../widget/words";
import type { FormConfig } from "../widget/contract";
import type { Draft, Field, Problems } from "./draft";
import type { FormKey } from "./words";

export type SayForm = (key: FormKey, params?: Params) => string;

interface Props {
  form: FormConfig;
  draft: Draft;
  files: readonly File[];
  problems: Problems;
  language: Language;
  say: SayForm;
  onDraft: (draft: Draft, field: Field | "website") => void;
  onFiles: (files: readonly File[]) => void;
}

export function Fields({ form, draft, files, problems, language, say, onDraft, onFiles }: Props) {
  const left = form.limits.message_chars - countCharacters(draft.text);
  const tell = (field: Field) => {
    const problem = problems[field];
    if (!problem) return undefined;
    return typeof problem === "object" ? problem.said : say(problem, { n: -left });
  };
  const input = (field: Exclude<Field, "files">) => ({
    id: field,
    name: field,
    value: draft[field],
    "aria-invalid": Boolean(problems[field]),
    "aria-describedby": `${field}-more`,
    onInput: (event: Event) => onDraft({ ...draft, [field]: (event.currentTarget as HTMLInputElement).value }, field),
  });
  return (
    <>
      <div class="pair">
        <Labelled field="name" label={say("name")} problem={tell("name")}>
          <input {...input("name")} autocomplete="name" maxLength={120} required />
        </Labelled>
        <Labelled field="email" label={say("email")} problem={tell("email")} hint={say("email_hint")}>
          <input {...input("email")} type="email" autocomplete="email" maxLength={254} required />
        </Labelled>
      </div>
      <div class="pair">
        {form.categories.length > 0 && (
          <Labelled field="category" label={say("category")} problem={tell("category")}>
            <select {...input("category")} required>
              <option value="">{say("category_none")}</option>
              {form.categories.map(({ code, label }) => (
                <option key={code} value={code}>
                  {label}
                </option>
              ))}
            </select>
          </Labelled>
        )}
        <Labelled field="order_number" label={say("order_number")} note={say("optional")} problem={tell("order_number")}>
          <input {...input("order_number")} maxLength={60} autocomplete="off" />
        </Labelled>
      </div>
      <Labelled
        field="text"
        label={say("text")}
        problem={tell("text") ?? (left < 0 ? say("text_too_long", { n: -left }) : undefined)}
        hint={left >= 0 && left < form.limits.message_chars / 10 ? say("chars_left", { n: left }) : undefined}
      >
        <textarea {...input("text")} rows={8} required />
      </Labelled>
      <Files {...{ form, files, language, say, onFiles }} problem={tell("files")} />
      <div class="trap" aria-hidden="true">
        <label for="website">Website</label>
        <input
          id="website"
          name="website"
          tabIndex={-1}
          autocomplete="off"
          value={draft.website}
          onInput={(event) => onDraft({ ...draft, website: event.currentTarget.value }, "website")}
        />
      </div>
    </>
  );
}

interface LabelledProps {
  field: Field;
  label: string;
  note?: string;
  hint?: string;
  problem?: string;
  children: ComponentChildren;
}

function Labelled({ field, label, note, hint, problem, children }: LabelledProps) {
  return (
    <div class="field">
      <label for={field}>
        {label} {note && <span class="quiet">({note})</span>}
      </label>
      {children}
      <p id={`${field}-more`} class={problem ? "more problem" : "more"}>
        {problem ?? hint}
      </p>
    </div>
  );
}

type FilesProps = Pick<Props, "form" | "files" | "language" | "say" | "onFiles"> & { problem?: string };

function Files({ form, files, language, say, onFiles, problem }: FilesProps) {
  const widget = useWidgetWords(language);
  const [refusals, setRefusals] = useState<string[]>([]);
  const [isOver, setIsOver] = useState(false);
  const { limits } = form;

  function add(chosen: FileList | null | undefined) {
    if (!chosen?.length) return;
    const sorted = sortFiles(files, [...chosen], limits, language, widget);
    setRefusals(sorted.refusals);
    onFiles(sorted.kept);
  }

  return (
    <div class="field">
      <span class="label" id="files-label">
        {say("files")} <span class="quiet">({say("optional")})</span>
      </span>
      <div
        class={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          add(event.dataTransfer?.files);
        }}
      >
        <span>{say("drop")}</span>
        <label class="pick">
          <input
            type="file"
            multiple
            aria-describedby="files-more"
            onChange={(event) => {
              add(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
          <span>{say("choose_files")}</span>
        </label>
      </div>
      <div id="files-more" role="status">
        {[...refusals, ...(problem ? [problem] : [])].map((refusal) => (
          <p key={refusal} class="more problem">
            {refusal}
          </p>
        ))}
        <p class="more">
          {say("limits", { count: limits.attachments, size: nameSize(limits.attachment_bytes, language) })}
        </p>
      </div>
      {files.length > 0 && (
        <ul class="files">
          {files.map((file) => (
            <li key={`${file.name}${file.size}`}>
              <span class="file-name">{file.name}</span>
              <span class="quiet">{nameSize(file.size, language)}</span>
              <button
                type="button"
                aria-label={say("remove", { name: file.name })}
                onClick={() => onFiles(files.filter((other) => other !== file))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
