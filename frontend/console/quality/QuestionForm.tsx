import type { KeyboardEvent } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import type { Definition, Question } from "../../shared/model";
import { useWords } from "../words/load";
import { answerWord, choicesOf } from "./answers";
import type { Editor } from "./card";
import { Channels, Marks } from "./CardForm";
import * as edit from "./editing";
import { inLanguage, questionsOf } from "./scoring";

const KINDS = ["yes_no", "scale", "choice", "number"] as const;

interface Props {
  editor: Editor;
  definition: Definition;
  section: number;
  number: number;
  language: string;
}

/** One question of a draft; the keys move it, copy it and add one below. */
export function QuestionForm({ editor, definition, section, number, language }: Props) {
  const say = useWords();
  const question = definition.sections[section]!.questions[number]!;
  const set = (change: Partial<Question>) => editor.change(edit.changeQuestion(definition, section, number, change));
  const move = (way: -1 | 1) => {
    const moved = edit.moveQuestion(definition, { section, question: number }, way);
    editor.change(moved.definition);
    focusAt(moved.place);
  };
  const add = () => {
    editor.change(edit.addQuestion(definition, section, number));
    focusAt({ section, question: number + 1 });
  };
  const remove = () => {
    editor.change(edit.removeQuestion(definition, section, number));
    toast(say("scorecards.removed"), { act: { label: say("scorecards.undo"), run: editor.undo } });
  };
  const onKey = (event: KeyboardEvent) => {
    if (!event.altKey) return;
    if (event.key === "ArrowUp") move(-1);
    else if (event.key === "ArrowDown") move(1);
    else if (event.code === "KeyN") add();
    else return;
    event.preventDefault();
  };
  const isOnly = definition.sections[section]!.questions.length === 1;
  return (
    <div id={`place-${section}-${number}`} role="group" aria-label={`${say("scorecards.question")} ${section + 1}.${number + 1}`} onKeyDown={onKey} className="mb-3 rounded border border-line bg-surface-1 px-3 py-2.5">
      <div className="flex items-end gap-2 max-sm:flex-wrap">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <TextField
            label={`${say("scorecards.question")} ${section + 1}.${number + 1}`}
            maxLength={1000}
            value={question.text[language] ?? ""}
            placeholder={inLanguage(question.text, language)}
            onChange={(event) => set({ text: { ...question.text, [language]: event.target.value } })}
          />
        </div>
        <div className="w-28">
          <SelectField label={say("scorecards.kind")} value={question.kind} onChange={(event) => editor.change(edit.changeKind(definition, section, number, event.target.value as Question["kind"]))}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {say(`scorecards.kinds.${kind}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Amount label={say("scorecards.weight")} value={question.weight} onChange={(weight) => set({ weight })} />
        <span className="flex pb-0.5">
          <IconButton label={say("scorecards.up")} onClick={() => move(-1)}>
            <span aria-hidden>↑</span>
          </IconButton>
          <IconButton label={say("scorecards.down")} onClick={() => move(1)}>
            <span aria-hidden>↓</span>
          </IconButton>
          <IconButton label={say("scorecards.removeQuestion")} disabled={isOnly} onClick={remove}>
            <Icon name="close" />
          </IconButton>
        </span>
      </div>
      <OfKind question={question} language={language} set={set} />
      <Flags question={question} set={set} />
      <details className="mt-2 text-13">
        <summary className="cursor-pointer text-12 text-text-2">{say("scorecards.more")}</summary>
        <div className="pt-3">
          <Condition definition={definition} question={question} language={language} set={set} />
          <Channels legend={say("scorecards.channels")} chosen={question.channels ?? []} onChange={(channels) => set({ channels })} />
          <Guidance question={question} language={language} set={set} />
          <Button small onClick={() => editor.change(edit.copyQuestion(definition, section, number))}>
            {say("scorecards.copy")}
          </Button>
        </div>
      </details>
    </div>
  );
}

interface PartProps {
  question: Question;
  language: string;
  set: (change: Partial<Question>) => void;
}

function OfKind({ question, language, set }: PartProps) {
  const say = useWords();
  if (question.kind === "scale")
    return (
      <div className="mt-2">
        <Amount label={say("scorecards.max")} value={question.max ?? 5} onChange={(max) => set({ max })} />
      </div>
    );
  if (question.kind === "number")
    return (
      <div className="mt-2 flex gap-3">
        <Amount label={say("scorecards.noneAt")} value={question.none_at ?? 0} onChange={(none_at) => set({ none_at })} />
        <Amount label={say("scorecards.fullAt")} value={question.full_at ?? 1} onChange={(full_at) => set({ full_at })} />
      </div>
    );
  if (question.kind !== "choice") return null;
  const options = question.options ?? [];
  const change = (place: number, part: Partial<(typeof options)[number]>) => set({ options: options.map((option, here) => (here === place ? { ...option, ...part } : option)) });
  const taken = new Set(options.map((option) => option.code));
  const fresh = [..."abcdefghijklmnopqrst"].find((code) => !taken.has(code));
  return (
    <div className="mt-2 flex flex-col gap-2">
      {options.map((option, place) => (
        <div key={option.code} className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <TextField label={say("scorecards.option", { n: place + 1 })} value={option.text[language] ?? ""} placeholder={inLanguage(option.text, language)} onChange={(event) => change(place, { text: { ...option.text, [language]: event.target.value } })} />
          </div>
          <Amount label={say("scorecards.points", { n: place + 1 })} value={option.points} onChange={(points) => change(place, { points })} />
          <IconButton label={say("scorecards.removeOption", { n: place + 1 })} disabled={options.length < 3} onClick={() => set({ options: options.filter((_, here) => here !== place) })}>
            <Icon name="close" />
          </IconButton>
        </div>
      ))}
      <div>
        <Button small disabled={!fresh} onClick={() => fresh && set({ options: [...options, { code: fresh, text: {}, points: 0 }] })}>
          {say("scorecards.addOption")}
        </Button>
      </div>
    </div>
  );
}

function Amount({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <div className="w-32 shrink-0 whitespace-nowrap">
      <TextField type="number" step="any" className="num" label={label} value={String(value)} onChange={(event) => event.target.value !== "" && Number.isFinite(event.target.valueAsNumber) && onChange(event.target.valueAsNumber)} />
    </div>
  );
}

function Flags({ question, set }: Omit<PartProps, "language">) {
  const say = useWords();
  const flags = [
    ["na_allowed", say("scorecards.naAllowed")],
    ["critical", say("scorecards.critical")],
    ["fatal", say("scorecards.fatal")],
  ] as const;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
      {flags.map(([name, label]) => (
        <label key={name} className="flex items-center gap-1.5 text-12">
          <input type="checkbox" className="size-4 accent-accent" checked={Boolean(question[name])} onChange={(event) => set({ [name]: event.target.checked })} />
          {label}
        </label>
      ))}
      <label className="flex items-center gap-1.5 text-12">
        {say("scorecards.comment")}
        <select className="h-7 rounded border border-line-strong bg-surface-1 px-1" value={question.comment ?? ""} onChange={(event) => set({ comment: event.target.value as Question["comment"] })}>
          <option value="">{say("scorecards.comments.none")}</option>
          <option value="failed">{say("scorecards.comments.failed")}</option>
          <option value="always">{say("scorecards.comments.always")}</option>
        </select>
      </label>
    </div>
  );
}

function Condition({ definition, question, language, set }: PartProps & { definition: Definition }) {
  const say = useWords();
  const condition = question.only_if;
  // A number is judged by where it lies, not by what it is.
  const others = questionsOf(definition).filter((each) => each.code !== question.code && each.kind !== "number");
  const on = others.find((each) => each.code === condition?.question);
  const choose = (code: string) => set({ only_if: code ? { question: code, is: choicesOf(others.find((each) => each.code === code)!).slice(0, 1) } : null });
  return (
    <div className="mb-3">
      <SelectField label={say("scorecards.onlyIf")} value={condition?.question ?? ""} onChange={(event) => choose(event.target.value)}>
        <option value="">{say("scorecards.always")}</option>
        {others.map((each) => (
          <option key={each.code} value={each.code}>
            {inLanguage(each.text, language) || each.code}
          </option>
        ))}
      </SelectField>
      {on && condition && (
        <div className="mt-2">
          <Marks
            legend={say("scorecards.isAnswer")}
            all={choicesOf(on).map(String)}
            chosen={condition.is.map(String)}
            nameOf={(each) => answerWord(on, choicesOf(on).find((choice) => String(choice) === each), say, language)}
            onChange={(chosen) => set({ only_if: { question: on.code, is: choicesOf(on).filter((choice) => chosen.includes(String(choice))) } })}
          />
        </div>
      )}
    </div>
  );
}

function Guidance({ question, language, set }: PartProps) {
  const say = useWords();
  const guidance = question.guidance ?? {};
  const write = (answer: string, text: string) => {
    const texts = Object.fromEntries(Object.entries({ ...guidance[answer], [language]: text }).filter(([, each]) => each));
    set({ guidance: Object.fromEntries(Object.entries({ ...guidance, [answer]: texts }).filter(([, each]) => Object.keys(each).length)) });
  };
  const rows: [string, string][] = [
    ["", say("scorecards.guidanceAll")],
    ...choicesOf(question).map((choice): [string, string] => [String(choice), say("scorecards.guidanceOf", { answer: answerWord(question, choice, say, language) })]),
  ];
  return (
    <div className="mb-3 flex flex-col gap-2">
      {rows.map(([answer, label]) => (
        <TextField key={answer} label={label} maxLength={1000} value={guidance[answer]?.[language] ?? ""} onChange={(event) => write(answer, event.target.value)} />
      ))}
    </div>
  );
}

/** Once it stands there. */
function focusAt({ section, question }: { section: number; question: number }): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#place-${section}-${question} input`)?.focus());
}
