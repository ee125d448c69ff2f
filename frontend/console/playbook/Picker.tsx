import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type FocusEvent, type KeyboardEvent } from "react";

import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, languageName } from "../../shared/time/words";
import { useWords } from "../words/load";
import { besideQuery, type Macro, type Playbook, type SavedReply } from "./api";
import { matching } from "./match";

interface Props {
  tenant: string;
  conversation: string;
  early: string;
  onTake: (reply: SavedReply, language: string) => void;
  onMacro: (macro: Macro) => void;
  onLeave: () => void;
}

type Choice = { name: string; text: string; reply?: SavedReply; macro?: Macro };

/** Above the composer: what is searched, what was found, and how it reads. */
export function Picker({ tenant, conversation, ...acts }: Props) {
  const say = useWords();
  const query = useQuery(besideQuery(tenant, conversation));
  const box = useRef<HTMLDivElement>(null);
  const onBlur = (event: FocusEvent) => {
    if (event.relatedTarget && !box.current?.contains(event.relatedTarget as Node)) acts.onLeave();
  };
  return (
    <div className="relative">
      <div
        ref={box}
        role="dialog"
        aria-label={say("playbook.open")}
        onBlur={onBlur}
        className="appear absolute inset-x-0 bottom-1 z-30 flex max-h-[min(24rem,52vh)] flex-col overflow-hidden rounded border border-line bg-surface-1 shadow-float"
      >
        <Asked query={query} rows={4} small>
          {(found) => <Choices found={found} {...acts} />}
        </Asked>
      </div>
    </div>
  );
}

const choicesOf = (found: Playbook): Choice[] => [
  ...found.replies.map((reply) => ({ name: reply.name, text: reply.text, reply })),
  ...found.macros.map((macro) => ({ name: macro.name, text: macro.actions.map((action) => action.text || action.name).join("\n"), macro })),
];

function Choices({ found, early, onTake, onMacro, onLeave }: Omit<Props, "tenant" | "conversation"> & { found: Playbook }) {
  const say = useWords();
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState(early);
  const [place, setPlace] = useState(0);
  const choices = matching(choicesOf(found), asked);
  const at = Math.min(place, choices.length - 1);
  const chosen = choices[at];
  useEffect(() => {
    input.current?.focus();
  }, []);
  useEffect(() => {
    // What it returns (a promise, in newer browsers) is no clean-up.
    void document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);
  const pick = (choice: Choice | undefined) => {
    if (choice?.reply) onTake(choice.reply, choice.reply.language);
    else if (choice?.macro) onMacro(choice.macro);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => setPlace(Math.min(at + 1, choices.length - 1)),
      ArrowUp: () => setPlace(Math.max(at - 1, 0)),
      Enter: () => pick(chosen),
    };
    if (event.nativeEvent.isComposing || !moves[event.key]) return;
    event.preventDefault();
    moves[event.key]!();
  };
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onLeave();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onEscape}>
      <input
        ref={input}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={chosen && `${list}-${at}`}
        aria-autocomplete="list"
        aria-label={say("playbook.find")}
        placeholder={say("playbook.find")}
        value={asked}
        onChange={(event) => {
          setAsked(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
        className="h-10 shrink-0 border-b border-line bg-transparent px-3 text-13 outline-none placeholder:text-text-3"
      />
      {choices.length === 0 ? (
        <Notice small icon="search" title={say(asked ? "playbook.none" : "playbook.noneYet")} />
      ) : (
        <div className="grid min-h-0 flex-1 grid-rows-[minmax(0,1fr)_minmax(0,1fr)] sm:grid-cols-[minmax(0,1fr)_minmax(0,1.3fr)] sm:grid-rows-1">
          <List id={list} choices={choices} at={at} onPoint={setPlace} onPick={pick} />
          <Preview choice={chosen!} onTake={onTake} />
        </div>
      )}
      <p className="shrink-0 border-t border-line px-3 py-1 text-12 text-text-3 max-sm:hidden">{say("playbook.hint")}</p>
    </div>
  );
}

interface ListProps {
  id: string;
  choices: Choice[];
  at: number;
  onPoint: (place: number) => void;
  onPick: (choice: Choice) => void;
}

function List({ id, choices, at, onPoint, onPick }: ListProps) {
  const say = useWords();
  const language = useLanguage();
  return (
    <ul id={id} role="listbox" aria-label={say("playbook.open")} className="min-h-0 overflow-y-auto p-1">
      {choices.map((choice, place) => (
        <li
          key={choice.reply?.item ?? choice.macro?.item}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === at}
          onPointerMove={() => place !== at && onPoint(place)}
          // The focus stays in the search, so that the next key goes there.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(choice)}
          className={cx("flex h-8 cursor-pointer items-center gap-2 rounded-sm px-2 text-13", place === at && "bg-surface-3")}
        >
          <Icon name={choice.macro ? "move" : "book"} size={13} className="text-text-3" />
          <span className="min-w-0 flex-1 truncate">{choice.name}</span>
          <span className="shrink-0 text-12 text-text-2">{choice.reply ? languageName(choice.reply.language, language) : say("playbook.macro")}</span>
        </li>
      ))}
    </ul>
  );
}

function Preview({ choice, onTake }: { choice: Choice; onTake: Props["onTake"] }) {
  const say = useWords();
  const language = useLanguage();
  const others = choice.reply?.languages.filter((code) => code !== choice.reply!.language) ?? [];
  return (
    <div tabIndex={0} role="region" aria-label={say("playbook.upkeep.preview")} className="min-h-0 overflow-y-auto border-line bg-surface-2 p-3 text-13 max-sm:border-t sm:border-l">
      {choice.reply ? <Blanked text={choice.text} /> : <MacroSteps macro={choice.macro!} />}
      {others.length > 0 && (
        <p className="mt-3 flex flex-wrap gap-2 text-12">
          {others.map((code) => (
            <button key={code} type="button" onClick={() => onTake(choice.reply!, code)} className="text-text-2 underline underline-offset-2 hover:text-text-1">
              {say("playbook.takeIn", { language: languageName(code, language) })}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

/** A text with its blanks marked. */
export function Blanked({ text }: { text: string }) {
  return (
    <p className="break-words whitespace-pre-wrap">
      {text.split(/(\[\[[^[\]]{0,200}\]\])/).map((part, place) =>
        part.startsWith("[[") ? (
          <mark key={place} className="rounded-sm bg-warn-soft px-0.5 text-text-1">
            {part.slice(2, -2) || "…"}
          </mark>
        ) : (
          part
        ),
      )}
    </p>
  );
}

function MacroSteps({ macro }: { macro: Macro }) {
  const words = useActionWords();
  return (
    <ol className="flex list-decimal flex-col gap-2 pl-4">
      {macro.actions.map((action, place) => (
        <li key={place}>
          {words(action)}
          {action.text && <Blanked text={action.text} />}
        </li>
      ))}
    </ol>
  );
}

/** What an action does, in words. */
export function useActionWords(): (action: Macro["actions"][number]) => string {
  const say = useWords();
  const language = useLanguage();
  return (action) => {
    if (action.do === "reply") return say(action.wait ? "playbook.do.replyWait" : "playbook.do.reply");
    if (action.do === "put_off") return say("playbook.do.put_off", { time: asInstant(action.until ?? "", language) });
    return say(`playbook.do.${action.do}`, { name: action.name });
  };
}
