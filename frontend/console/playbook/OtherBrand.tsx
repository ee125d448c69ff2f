import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { SelectField } from "../../shared/components/Field";
import { despite, type Entry } from "../conversation/outbox";
import { useWords } from "../words/load";
import type { BrandMatch, BrandReason } from "./api";
import { unitsOf } from "./blanks";

const REASONS: BrandReason[] = ["own_word", "customer_said", "common_word"];
const KINDS: BrandMatch[] = ["name", "address", "case"];

/** A text with what may name another brand marked in it. */
export function Marked({ text, found }: { text: string; found: Record<string, string> }) {
  const say = useWords();
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { start, end, kind } of unitsOf(text, found)) {
    const known = KINDS.find((each) => each === kind) ?? "name";
    parts.push(
      text.slice(from, start),
      <mark key={start} title={say(`playbook.brand.kinds.${known}`)} className="rounded-sm bg-risk-soft px-0.5 font-medium text-risk underline decoration-dotted underline-offset-2">
        {text.slice(start, end)}
      </mark>,
    );
    from = end;
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  );
}

/** Why the marked words are no mistake. */
export function WhyNot({ why, onWhy }: { why: BrandReason | ""; onWhy: (why: BrandReason | "") => void }) {
  const say = useWords();
  return (
    <SelectField label={say("playbook.brand.why")} value={why} onChange={(event) => onWhy(REASONS.find((each) => each === event.target.value) ?? "")}>
      <option value="" />
      {REASONS.map((each) => (
        <option key={each} value={each}>
          {say(`playbook.brand.reasons.${each}`)}
        </option>
      ))}
    </SelectField>
  );
}

/** A message that was stopped: it is changed, or sent because it is no mistake. */
export function Stopped({ entry, onChange }: { entry: Entry; onChange: () => void }) {
  const say = useWords();
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [why, setWhy] = useState<BrandReason | "">("");
  return (
    <div role="group" aria-label={say("playbook.brand.title")} className="flex flex-col items-end gap-2">
      <span className="flex gap-2">
        <Button small onClick={onChange}>
          {say("playbook.brand.change")}
        </Button>
        <Button small kind="quiet" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {say("playbook.brand.alarm")}
        </Button>
      </span>
      {isOpen && (
        <span className="flex items-end gap-2 text-text-1">
          <WhyNot why={why} onWhy={setWhy} />
          <Button disabled={!why} onClick={() => why && despite(client, entry.key, why)}>
            {say("playbook.brand.sendAnyway")}
          </Button>
        </span>
      )}
    </div>
  );
}
