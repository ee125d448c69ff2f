import { useState, type FormEvent } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { TextArea } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import type { Keep } from "./Beside";
import * as api from "./beside";

/** What is good to know about the person, whatever the matter. */
export function Notes({ tenant, shown, mayChange, keep }: { tenant: string; shown: api.Beside; mayChange: boolean; keep: Keep }) {
  const say = useWords();
  const me = useMe();
  const [text, setText] = useState("");
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && (await keep(() => api.noteCustomer(tenant, shown.id, text.trim())))) setText("");
  };
  const drop = async (note: api.Beside["notes"][number]) => {
    const again = () => void keep(() => api.noteCustomer(tenant, shown.id, note.text));
    if (await keep(() => api.dropNote(tenant, shown.id, note.id))) toast(say("beside.noteGone"), { act: { label: say("finding.undo"), run: again } });
  };
  return (
    <div>
      <h3 className="pb-1 text-12 text-text-3">{say("beside.notes")}</h3>
      <ul className="flex flex-col gap-1.5">
        {shown.notes.map((note) => (
          <li key={note.id} className="flex items-start gap-1 rounded-sm bg-warn-soft px-2 py-1.5">
            <div className="min-w-0 flex-1">
              <p className="break-words whitespace-pre-line">{note.text}</p>
              <p className="text-12 text-text-2">
                {note.alias} · <When at={note.created_at} />
              </p>
            </div>
            {mayChange && (note.person === me.id || has(me, "supervisor")) && (
              <IconButton label={say("beside.dropNote")} onClick={() => void drop(note)}>
                <Icon name="close" size={12} />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {mayChange && (
        <form onSubmit={(event) => void add(event)} className="flex flex-col items-start gap-1.5 pt-1.5">
          <div className="w-full">
            <TextArea label={say("beside.newNote")} rows={2} maxLength={2000} value={text} onChange={(event) => setText(event.target.value)} />
          </div>
          {text.trim() && (
            <Button small type="submit">
              {say("beside.addNote")}
            </Button>
          )}
        </form>
      )}
    </div>
  );
}
