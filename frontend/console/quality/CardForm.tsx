import { Button } from "../../shared/components/Button";
import { TextField } from "../../shared/components/Field";
import type { Definition } from "../../shared/model";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";
import type { Editor } from "./card";
import { CHANNELS } from "./CardPreview";
import * as edit from "./editing";
import { QuestionForm } from "./QuestionForm";

/** The sections and questions of a draft. */
export function CardForm({ editor, language }: { editor: Editor; language: string }) {
  const say = useWords();
  const { now } = editor.history;
  return (
    <>
      <Channels legend={say("scorecards.channels")} chosen={now.channels ?? []} onChange={(channels) => editor.change({ ...now, channels })} />
      {now.sections.map((section, place) => (
        <SectionForm key={section.code} editor={editor} definition={now} place={place} language={language} />
      ))}
      <Button onClick={() => editor.change(edit.addSection(now))}>{say("scorecards.addSection")}</Button>
    </>
  );
}

export function Channels({ legend, chosen, onChange }: { legend: string; chosen: string[]; onChange: (channels: string[]) => void }) {
  const say = useWords();
  return <Marks legend={legend} all={CHANNELS} chosen={chosen} nameOf={(channel) => channelWord(channel, say)} onChange={onChange} />;
}

export function Marks({ legend, all, chosen, nameOf, onChange }: { legend: string; all: string[]; chosen: string[]; nameOf: (each: string) => string; onChange: (chosen: string[]) => void }) {
  return (
    <fieldset className="mb-4">
      <legend className="text-12 font-medium text-text-2">{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1 pt-1">
        {all.map((each) => (
          <label key={each} className="flex items-center gap-1.5 text-13">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={chosen.includes(each)}
              onChange={(event) => onChange(event.target.checked ? [...chosen, each] : chosen.filter((one) => one !== each))}
            />
            {nameOf(each)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function SectionForm({ editor, definition, place, language }: { editor: Editor; definition: Definition; place: number; language: string }) {
  const say = useWords();
  const section = definition.sections[place]!;
  const setTitle = (text: string) => editor.change(edit.changeSection(definition, place, { title: { ...section.title, [language]: text } }));
  return (
    <section aria-label={say("scorecards.section", { n: place + 1 })} className="mb-6 border-t border-line pt-3">
      <div id={`place-${place}`} className="mb-2 flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <TextField label={say("scorecards.sectionTitle", { n: place + 1 })} maxLength={1000} value={section.title[language] ?? ""} onChange={(event) => setTitle(event.target.value)} />
        </div>
        {definition.sections.length > 1 && (
          <Button small kind="quiet" onClick={() => editor.change(edit.removeSection(definition, place))}>
            {say("scorecards.removeSection")}
          </Button>
        )}
      </div>
      {section.questions.map((question, number) => (
        <QuestionForm key={question.code} editor={editor} definition={definition} section={place} number={number} language={language} />
      ))}
      <Button small onClick={() => editor.change(edit.addQuestion(definition, place))}>
        {say("scorecards.addQuestion")}
      </Button>
    </section>
  );
}
