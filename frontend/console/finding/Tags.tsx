import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type KeyboardEvent } from "react";

import { Icon } from "../../shared/components/Icon";
import { useWords } from "../words/load";
import * as api from "./api";

interface Props {
  tenant: string;
  tags: api.Tag[];
  label: string;
  /** Not given: to be looked at. */
  onChange?: (names: string[]) => void;
}

/** Tags as chips, with a field that suggests the client's own; Enter or a comma adds, Backspace takes the last off. */
export function Tags({ tenant, tags, label, onChange }: Props) {
  const say = useWords();
  const names = tags.map((tag) => tag.name);
  const drop = (name: string) => onChange?.(names.filter((each) => each !== name));
  if (!onChange && tags.length === 0) return <p className="text-text-2">{say("finding.noTags")}</p>;
  return (
    <div role="group" aria-label={label} className="flex flex-wrap items-center gap-1">
      {tags.map((tag) => (
        <span key={tag.id} className="flex h-6 max-w-full items-center gap-0.5 rounded-sm bg-surface-3 pl-1.5 text-12">
          <span className="truncate pr-1">{tag.name}</span>
          {onChange && (
            <button type="button" aria-label={say("finding.takeOff", { name: tag.name })} onClick={() => drop(tag.name)} className="flex size-6 items-center justify-center rounded-sm text-text-3 hover:bg-surface-4 hover:text-text-1">
              <Icon name="close" size={10} />
            </button>
          )}
        </span>
      ))}
      {onChange && <Adding tenant={tenant} label={label} names={names} onChange={onChange} />}
    </div>
  );
}

function Adding({ tenant, label, names, onChange }: { tenant: string; label: string; names: string[]; onChange: (names: string[]) => void }) {
  const say = useWords();
  const id = useId();
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const [isNear, setIsNear] = useState(false);
  const known = useQuery({ queryKey: ["tags", tenant, asked], queryFn: () => api.suggestTags(tenant, asked), enabled: isNear, placeholderData: keepPreviousData, staleTime: 30_000 });
  const add = () => {
    const name = text.replaceAll(",", " ").trim();
    setText("");
    if (name && !names.includes(name)) onChange([...names, name]);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      add();
    }
    if (event.key === "Backspace" && text === "" && names.length > 0) onChange(names.slice(0, -1));
  };
  return (
    <>
      <input
        list={id}
        value={text}
        aria-label={say("finding.addTag", { what: label })}
        placeholder={say("finding.tagPlaceholder")}
        maxLength={40}
        onFocus={() => setIsNear(true)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
        onBlur={add}
        className="h-6 w-28 min-w-0 flex-1 rounded-sm border border-line bg-surface-1 px-1.5 text-12 placeholder:text-text-3 focus-visible:outline-2 focus-visible:-outline-offset-1"
      />
      <datalist id={id}>
        {known.data?.filter((tag) => !names.includes(tag.name)).map((tag) => <option key={tag.id} value={tag.name} />)}
      </datalist>
    </>
  );
}
