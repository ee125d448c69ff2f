import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Limits } from "./contract";
import { Icon } from "./icons";
import type { Language } from "./language";
import { countCharacters, nameSize, sortFiles } from "./limits";
import { looksLikeMail } from "./mail";
import type { Draft } from "./talk_state";
import type { Say } from "./words";

interface Props {
  draft: Draft;
  limits: Limits;
  language: Language;
  say: Say;
  asksWho: boolean;
  onDraft: (draft: Draft) => void;
  onSend: () => void;
  onTyping: (text: string) => void;
  /** The team sees what is typed before it is sent. */
  isSeen: boolean;
}

export function Composer({ draft, limits, language, say, asksWho, isSeen, onDraft, onSend, onTyping }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [refusals, setRefusals] = useState<string[]>([]);
  const [isOver, setIsOver] = useState(false);

  const left = limits.message_chars - countCharacters(draft.text);
  const mailIsFine = looksLikeMail(draft.email);
  const isEmpty = !draft.text.trim() && draft.files.length === 0;
  const maySend = !isEmpty && left >= 0 && mailIsFine;

  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, 140)}px`;
  }, [draft.text]);

  function add(chosen: FileList | null | undefined) {
    if (!chosen?.length) return;
    const sorted = sortFiles(draft.files, [...chosen], limits, language, say);
    setRefusals(sorted.refusals);
    onDraft({ ...draft, files: sorted.kept });
  }

  function send() {
    if (!maySend) return;
    setRefusals([]);
    onSend();
    box.current?.focus();
  }

  return (
    <form
      class={isOver ? "composer over" : "composer"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
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
      {asksWho && <Who {...{ draft, say, onDraft, mailIsFine }} />}
      <Chosen {...{ draft, language, say, onDraft }} />
      <Notes {...{ draft, limits, language, say, refusals, left }} />
      {isSeen && <p class="note">{say("seen_while_typing")}</p>}
      <div class="row">
        <button
          type="button"
          class="square"
          aria-label={say("add_files")}
          title={say("add_files")}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            add(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <textarea
          ref={box}
          id="text"
          rows={1}
          aria-label={say("placeholder")}
          placeholder={say("placeholder")}
          aria-describedby="limits"
          aria-invalid={left < 0}
          value={draft.text}
          onInput={(event) => {
            onDraft({ ...draft, text: event.currentTarget.value });
            onTyping(event.currentTarget.value);
          }}
          onPaste={(event) => add(event.clipboardData?.files)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !isTouch()) {
              event.preventDefault();
              send();
            }
          }}
        />
        <button type="submit" class="send" aria-label={say("send")} title={say("send")} aria-disabled={!maySend}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}

function Chosen({ draft, language, say, onDraft }: Pick<Props, "draft" | "language" | "say" | "onDraft">) {
  if (draft.files.length === 0) return null;
  return (
    <ul class="chosen">
      {draft.files.map((file) => (
        <li key={`${file.name}${file.size}`} class="file">
          <Icon name="file" />
          <span class="file-name">{file.name}</span>
          <span class="quiet">{nameSize(file.size, language)}</span>
          <button
            type="button"
            class="square small"
            aria-label={say("remove_file", { name: file.name })}
            onClick={() => onDraft({ ...draft, files: draft.files.filter((other) => other !== file) })}
          >
            <Icon name="close" size={16} />
          </button>
        </li>
      ))}
    </ul>
  );
}

type NotesProps = Pick<Props, "draft" | "limits" | "language" | "say"> & { refusals: string[]; left: number };

function Notes({ draft, limits, language, say, refusals, left }: NotesProps) {
  return (
    <div id="limits" role="status">
      {refusals.map((refusal) => (
        <p key={refusal} class="note problem">
          {refusal}
        </p>
      ))}
      {left < 0 && <p class="note problem">{say("text_too_long", { n: -left })}</p>}
      {left >= 0 && left < limits.message_chars / 10 && <p class="note">{say("chars_left", { n: left })}</p>}
      {(draft.files.length > 0 || refusals.length > 0) && (
        <p class="note">
          {say("limits", { count: limits.attachments, size: nameSize(limits.attachment_bytes, language) })}
        </p>
      )}
    </div>
  );
}

type WhoProps = Pick<Props, "draft" | "say" | "onDraft"> & { mailIsFine: boolean };

function Who({ draft, say, onDraft, mailIsFine }: WhoProps) {
  return (
    <details class="who">
      <summary>{say("contact_details")}</summary>
      <label>
        {say("your_name")}
        <input
          autocomplete="name"
          maxLength={120}
          value={draft.name}
          onInput={(event) => onDraft({ ...draft, name: event.currentTarget.value })}
        />
      </label>
      <label>
        {say("your_email")}
        <input
          type="email"
          autocomplete="email"
          maxLength={254}
          value={draft.email}
          aria-invalid={!mailIsFine}
          aria-describedby="mail-problem"
          onInput={(event) => onDraft({ ...draft, email: event.currentTarget.value })}
        />
      </label>
      <p id="mail-problem" class="note problem">
        {mailIsFine ? "" : say("email_odd")}
      </p>
    </details>
  );
}

/** On a touch keyboard Enter makes a line, as everywhere on a phone. */
function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
