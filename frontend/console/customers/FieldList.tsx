import { useEffect, useState } from "react";

import { SelectField, TextField } from "../../shared/components/Field";
import { useWords } from "../words/load";
import type { Field } from "./beside";

type Value = Field["value"];

interface Props {
  fields: Field[];
  mayChange: boolean;
  onChange: (values: Record<string, Value>) => Promise<boolean>;
}

/** The client's own fields; each is kept when it is left. */
export function FieldList({ fields, mayChange, onChange }: Props) {
  if (fields.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {fields.map((field) => (
        <OneField key={field.code} field={field} mayChange={mayChange && !field.is_hidden} onKeep={(value) => onChange({ [field.code]: value })} />
      ))}
    </div>
  );
}

function OneField({ field, mayChange, onKeep }: { field: Field; mayChange: boolean; onKeep: (value: Value) => Promise<boolean> }) {
  const say = useWords();
  const kept = field.value === null ? "" : String(field.value);
  const [text, setText] = useState(kept);
  useEffect(() => setText(kept), [kept]);
  const keep = async (value: Value) => {
    if (String(value ?? "") !== kept && !(await onKeep(value))) setText(kept);
  };
  const common = { label: field.label, disabled: !mayChange, value: text };
  if (field.kind === "yes_no" || field.kind === "choice")
    return (
      <SelectField
        {...common}
        onChange={(event) => {
          setText(event.target.value);
          void keep(event.target.value === "" ? null : field.kind === "yes_no" ? event.target.value === "true" : event.target.value);
        }}
      >
        <option value="">–</option>
        {field.kind === "yes_no" ? (
          <>
            <option value="true">{say("beside.yes")}</option>
            <option value="false">{say("beside.no")}</option>
          </>
        ) : (
          field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))
        )}
      </SelectField>
    );
  return (
    <TextField
      {...common}
      type={field.is_hidden ? "text" : field.kind === "date" ? "date" : "text"}
      inputMode={field.kind === "number" ? "decimal" : undefined}
      maxLength={500}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => void keep(text.trim() || null)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}
