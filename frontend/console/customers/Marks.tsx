import { Icon } from "../../shared/components/Icon";
import { SelectField } from "../../shared/components/Field";
import type { Conversation } from "../../shared/model";
import { useWords } from "../words/load";
import type { Beside, Marks } from "./beside";

interface BoxesProps {
  shown: Beside;
  mayChange: boolean;
  onChange: (marks: Marks) => Promise<boolean>;
}

/** VIP, and whom the law puts first. */
export function MarkBoxes({ shown, mayChange, onChange }: BoxesProps) {
  const say = useWords();
  const marks: Marks = { is_vip: shown.is_vip, legal_priority: shown.legal_priority };
  return (
    <div className="flex flex-col gap-2">
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={shown.is_vip} disabled={!mayChange} onChange={(event) => void onChange({ ...marks, is_vip: event.target.checked })} className="accent-(--accent)" />
        {say("beside.vip")}
      </label>
      <SelectField
        label={say("beside.legal")}
        value={shown.legal_priority}
        disabled={!mayChange}
        onChange={(event) => void onChange({ ...marks, legal_priority: event.target.value as Marks["legal_priority"] })}
      >
        <option value="">{say("beside.legalNone")}</option>
        <option value="age">{say("beside.legalKinds.age")}</option>
        <option value="disability">{say("beside.legalKinds.disability")}</option>
      </SelectField>
    </div>
  );
}

/** In the head of a conversation: in words, not by colour alone. */
export function HeadMarks({ customer }: { customer: Conversation["customer"] }) {
  const say = useWords();
  const legal = (["age", "disability"] as const).find((each) => each === customer.legal_priority);
  return (
    <>
      {customer.is_vip && (
        <span className="flex shrink-0 items-center gap-1 rounded-sm bg-accent-soft px-1.5 text-12 leading-5 text-accent">
          <Icon name="score" size={12} />
          {say("beside.vipShort")}
        </span>
      )}
      {legal && (
        <span className="flex shrink-0 items-center gap-1 rounded-sm bg-warn-soft px-1.5 text-12 leading-5 text-warn" title={say(`beside.legalKinds.${legal}`)}>
          <Icon name="scales" size={12} />
          {say("beside.legalShort")}
        </span>
      )}
    </>
  );
}
