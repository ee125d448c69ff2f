import { Button } from "../../shared/components/Button";
import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { useWords } from "../words/load";
import type { Shelf } from "./api";
import { movedUp, withRow, type Action, type Bodies } from "./bodies";
import { TextsFields, type FieldsProps } from "./ReplyFields";

const KINDS: Action["do"][] = ["reply", "note", "put_off", "transfer", "close"];

/** The actions of a macro, one below the other. */
export function MacroFields({ shelf, body, errors, onChange }: FieldsProps<Bodies["macro"]>) {
  const say = useWords();
  const put = (actions: Action[]) => onChange({ actions });
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="pb-2 text-12 font-medium text-text-2">{say("playbook.upkeep.actions")}</legend>
      {body.actions.map((action, place) => (
        <section key={place} aria-label={say("playbook.upkeep.action", { number: place + 1 })} className="flex flex-col gap-3 rounded border border-line p-3">
          <div className="flex flex-wrap items-end gap-2">
            <div className="w-56">
              <SelectField
                label={say("playbook.upkeep.action", { number: place + 1 })}
                value={action.do}
                error={errors[`actions.${place}.do`]}
                onChange={(event) => put(withRow(body.actions, place, begun(KINDS.find((kind) => kind === event.target.value) ?? "note", shelf)))}
              >
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {say(`playbook.upkeep.kinds.${kind}`)}
                  </option>
                ))}
              </SelectField>
            </div>
            <span className="ml-auto flex gap-1">
              {place > 0 && (
                <Button small onClick={() => put(movedUp(body.actions, place))}>
                  {say("playbook.upkeep.up")}
                </Button>
              )}
              {body.actions.length > 1 && (
                <Button small onClick={() => put(withRow(body.actions, place))}>
                  {say("playbook.upkeep.remove")}
                </Button>
              )}
            </span>
          </div>
          <ActionFields shelf={shelf} action={action} place={place} errors={errors} onChange={(next) => put(withRow(body.actions, place, next))} />
        </section>
      ))}
      {errors.actions && <p className="text-12 text-risk">{errors.actions}</p>}
      {body.actions.length < 6 && (
        <div>
          <Button small onClick={() => put([...body.actions, begun("note", shelf)])}>
            {say("playbook.upkeep.addAction")}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function begun(kind: Action["do"], shelf: Shelf): Action {
  const language = shelf.languages[0] ?? "en";
  const all: Record<Action["do"], Action> = {
    reply: { do: "reply", texts: { [language]: "" }, wait: false, as_is: false },
    note: { do: "note", text: "" },
    put_off: { do: "put_off", hours: 24 },
    transfer: { do: "transfer", queue: shelf.queues[0]?.code ?? "", skill: "" },
    close: { do: "close", reason: shelf.reasons[0]?.code ?? "" },
  };
  return all[kind];
}

interface ActionProps {
  shelf: Shelf;
  action: Action;
  place: number;
  errors: Record<string, string>;
  onChange: (action: Action) => void;
}

function ActionFields({ shelf, action, place, errors, onChange }: ActionProps) {
  const say = useWords();
  const path = `actions.${place}`;
  if (action.do === "reply")
    return (
      <>
        <TextsFields shelf={shelf} texts={action.texts ?? {}} errors={errors} path={`${path}.texts`} onChange={(texts) => onChange({ ...action, texts })} />
        <Check label={say("playbook.upkeep.waitAfter")} isOn={Boolean(action.wait)} onTurn={(wait) => onChange({ ...action, wait })} />
        <Check label={say("playbook.upkeep.asIs")} isOn={Boolean(action.as_is)} onTurn={(as_is) => onChange({ ...action, as_is })} />
      </>
    );
  if (action.do === "note") return <TextArea label={say("playbook.upkeep.text")} rows={3} maxLength={4000} value={action.text ?? ""} error={errors[`${path}.text`]} onChange={(event) => onChange({ ...action, text: event.target.value })} />;
  if (action.do === "put_off")
    return (
      <div className="w-32">
        <TextField type="number" min={1} max={720} label={say("playbook.upkeep.hours")} value={String(action.hours ?? "")} error={errors[`${path}.hours`]} onChange={(event) => onChange({ ...action, hours: Number(event.target.value) })} />
      </div>
    );
  if (action.do === "close")
    return (
      <SelectField label={say("playbook.upkeep.reason")} value={action.reason} error={errors[`${path}.reason`]} onChange={(event) => onChange({ ...action, reason: event.target.value })}>
        {shelf.reasons.map((each) => (
          <option key={each.code} value={each.code}>
            {each.label}
          </option>
        ))}
      </SelectField>
    );
  const value = action.skill ? `skill ${action.skill}` : `queue ${action.queue}`;
  const pick = (to: string) => {
    const [what = "queue", code = ""] = to.split(" ");
    onChange({ ...action, queue: what === "queue" ? code : "", skill: what === "skill" ? code : "" });
  };
  return (
    <SelectField label={say("playbook.upkeep.kinds.transfer")} value={value} error={errors[`${path}.queue`]} onChange={(event) => pick(event.target.value)}>
      <optgroup label={say("playbook.upkeep.queue")}>
        {shelf.queues.map((each) => (
          <option key={each.code} value={`queue ${each.code}`}>
            {each.name}
          </option>
        ))}
      </optgroup>
      {shelf.skills.length > 0 && (
        <optgroup label={say("playbook.upkeep.skill")}>
          {shelf.skills.map((each) => (
            <option key={each.code} value={`skill ${each.code}`}>
              {each.name}
            </option>
          ))}
        </optgroup>
      )}
    </SelectField>
  );
}

function Check({ label, isOn, onTurn }: { label: string; isOn: boolean; onTurn: (isOn: boolean) => void }) {
  return (
    <label className="flex items-center gap-2 text-13">
      <input type="checkbox" checked={isOn} onChange={(event) => onTurn(event.target.checked)} className="size-4 accent-(--accent)" />
      {label}
    </label>
  );
}
