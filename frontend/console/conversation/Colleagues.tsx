import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type KeyboardEvent, type RefObject } from "react";

import { cx } from "../../shared/components/cx";
import { colleagues } from "../api";
import { useWords } from "../words/load";
import { begunName, matching, withName, type Colleague } from "./naming";

const none: Colleague[] = [];

/** Who may see this client's conversations; asked for when a note is begun. */
export function useColleagues(tenant: string, isNote: boolean): Colleague[] {
  return useQuery({ queryKey: ["colleagues", tenant], queryFn: () => colleagues(tenant), enabled: isNote, staleTime: 300_000 }).data ?? none;
}

/** The list that @ opens in a note: arrows walk, Enter or Tab picks, Escape closes. */
export function useNaming(area: RefObject<HTMLTextAreaElement | null>, people: Colleague[], isNote: boolean, text: string, onText: (text: string) => void) {
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState("");
  const begun = isNote ? begunName(text, caret) : null;
  const found = begun === null || closed === text ? none : matching(people, begun);
  useEffect(() => setAt(0), [begun]);
  const pick = (person: Colleague) => {
    const put = withName(text, caret, person.name);
    onText(put.text);
    setCaret(put.caret);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(put.caret, put.caret);
    });
  };
  /** Whether the key was the list's own. */
  const takeKey = (event: KeyboardEvent): boolean => {
    if (found.length === 0 || event.metaKey || event.ctrlKey) return false;
    if (event.key === "Escape") setClosed(text);
    else if (event.key === "ArrowDown") setAt((at + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((at + found.length - 1) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(found[at]!);
    else return false;
    event.preventDefault();
    return true;
  };
  return { found, at, pick, takeKey, noteCaret: () => setCaret(area.current?.selectionStart ?? 0) };
}

export type Naming = ReturnType<typeof useNaming>;

export function NameList({ naming }: { naming: Naming }) {
  const say = useWords();
  if (naming.found.length === 0) return null;
  return (
    <ul id="colleagues" role="listbox" aria-label={say("writing.mention")} className="appear absolute bottom-full left-2 z-30 mb-1 w-64 rounded bg-surface-1 p-1 shadow-float">
      {naming.found.map((person, place) => (
        <li
          key={person.id}
          id={`colleague-${place}`}
          role="option"
          aria-selected={place === naming.at}
          onMouseDown={(event) => {
            event.preventDefault();
            naming.pick(person);
          }}
          className={cx("flex h-8 cursor-pointer items-center rounded-sm px-2 text-13", place === naming.at && "bg-surface-3")}
        >
          <span className="truncate">{person.name}</span>
        </li>
      ))}
    </ul>
  );
}
