import { Button } from "../../shared/components/Button";
import { SelectField, TextArea, TextField } from "../../shared/components/Field";
import { useWords } from "../words/load";
import { movedUp, withRow, type Bodies, type Grant, type Step } from "./bodies";
import type { FieldsProps } from "./ReplyFields";

/** Steps of a procedure. */
export function ProcedureFields({ body, errors, onChange }: FieldsProps<Bodies["procedure"]>) {
  const say = useWords();
  const put = (steps: Step[]) => onChange({ ...body, steps });
  return (
    <>
      <TextArea label={say("playbook.upkeep.when")} rows={2} maxLength={2000} value={body.when} onChange={(event) => onChange({ ...body, when: event.target.value })} />
      <fieldset className="flex flex-col gap-3">
        <legend className="pb-2 text-12 font-medium text-text-2">{say("playbook.upkeep.steps")}</legend>
        {body.steps.map((step, place) => (
          <div key={place} className="flex flex-col gap-2 rounded border border-line p-3">
            <TextField label={say("playbook.upkeep.stepTitle", { number: place + 1 })} maxLength={200} value={step.title} onChange={(event) => put(withRow(body.steps, place, { ...step, title: event.target.value }))} />
            <TextArea label={say("playbook.upkeep.stepText")} rows={2} maxLength={2000} value={step.text} onChange={(event) => put(withRow(body.steps, place, { ...step, text: event.target.value }))} />
            <span className="flex gap-1">
              {place > 0 && (
                <Button small onClick={() => put(movedUp(body.steps, place))}>
                  {say("playbook.upkeep.up")}
                </Button>
              )}
              <Button small onClick={() => put(withRow(body.steps, place))}>
                {say("playbook.upkeep.remove")}
              </Button>
            </span>
          </div>
        ))}
        {errors.steps && <p className="text-12 text-risk">{errors.steps}</p>}
        <div>
          <Button small onClick={() => put([...body.steps, { title: "", text: "" }])}>
            {say("playbook.upkeep.addStep")}
          </Button>
        </div>
      </fieldset>
    </>
  );
}

export function BulletinFields({ body, errors, onChange }: FieldsProps<Bodies["bulletin"]>) {
  const say = useWords();
  return (
    <>
      <TextArea label={say("playbook.upkeep.text")} required rows={6} maxLength={6000} value={body.text} error={errors.text} onChange={(event) => onChange({ ...body, text: event.target.value })} />
      <div className="w-72 max-w-full">
        <TextField type="date" label={say("playbook.upkeep.until")} value={body.until} error={errors.until} onChange={(event) => onChange({ ...body, until: event.target.value })} />
      </div>
    </>
  );
}

const BEYOND: Grant["beyond"][] = ["lead", "client", "nobody"];

/** Tone, returns, and what an agent may grant by themself. */
export function RulesFields({ shelf, body, errors, onChange }: FieldsProps<Bodies["rules"]>) {
  const say = useWords();
  const put = (grants: Grant[]) => onChange({ ...body, grants });
  return (
    <>
      <TextArea label={say("playbook.upkeep.tone")} rows={3} maxLength={2000} value={body.tone} error={errors.tone} onChange={(event) => onChange({ ...body, tone: event.target.value })} />
      <TextArea label={say("playbook.upkeep.returns")} rows={4} maxLength={6000} value={body.returns} error={errors.returns} onChange={(event) => onChange({ ...body, returns: event.target.value })} />
      <fieldset className="flex flex-col gap-3">
        <legend className="pb-2 text-12 font-medium text-text-2">{say("playbook.upkeep.grants")}</legend>
        {body.grants.map((grant, place) => (
          <div key={place} className="grid items-end gap-2 sm:grid-cols-[minmax(0,1fr)_8rem_11rem_auto]">
            <TextField label={say("playbook.upkeep.grantWhat")} maxLength={200} value={grant.what} onChange={(event) => put(withRow(body.grants, place, { ...grant, what: event.target.value }))} />
            <TextField
              inputMode="decimal"
              className="num"
              label={say("playbook.upkeep.grantUpTo", { currency: shelf.currency })}
              value={grant.up_to}
              error={errors[`grants.${place}.up_to`]}
              onChange={(event) => put(withRow(body.grants, place, { ...grant, up_to: event.target.value }))}
            />
            <SelectField label={say("playbook.upkeep.grantBeyond")} value={grant.beyond} onChange={(event) => put(withRow(body.grants, place, { ...grant, beyond: BEYOND.find((each) => each === event.target.value) ?? "lead" }))}>
              {BEYOND.map((each) => (
                <option key={each} value={each}>
                  {say(`playbook.upkeep.beyond.${each}`)}
                </option>
              ))}
            </SelectField>
            <Button onClick={() => put(withRow(body.grants, place))}>{say("playbook.upkeep.remove")}</Button>
          </div>
        ))}
        <div>
          <Button small onClick={() => put([...body.grants, { what: "", up_to: "", beyond: "lead" }])}>
            {say("playbook.upkeep.addGrant")}
          </Button>
        </div>
      </fieldset>
    </>
  );
}
