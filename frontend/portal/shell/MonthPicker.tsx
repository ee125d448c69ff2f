import { asMonth } from "../../shared/time/words";
import { monthAt, shiftMonth } from "../figures";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { StepButton } from "./Shell";

const MONTHS_BACK = 12;

/** The month in force at the shop now. */
export function useThisMonth(): string {
  return monthAt(new Date(), useShop().time_zone);
}

interface Props {
  month: string;
  /** Those that a contract covers, newest first, once known. */
  months?: string[];
  onMonth: (month: string) => void;
}

export function MonthPicker({ month, months: covered, onMonth }: Props) {
  const say = useWords();
  const language = useLocale();
  const current = useThisMonth();
  const months = covered?.length ? [...covered] : Array.from({ length: MONTHS_BACK }, (_, back) => shiftMonth(current, -back));
  const oldest = months[months.length - 1]!;
  if (!months.includes(month)) months.push(month);
  return (
    <div className="flex items-center">
      <StepButton label={say("month.before")} icon="left" disabled={month <= oldest} onClick={() => onMonth(shiftMonth(month, -1))} />
      <select
        aria-label={say("month.label")}
        value={month}
        onChange={(event) => onMonth(event.target.value)}
        className="tap field-sizing-content rounded bg-transparent px-2 text-center font-medium first-letter:uppercase hover:bg-surface-3"
      >
        {months.map((each) => (
          <option key={each} value={each}>
            {asMonth(each, language)}
          </option>
        ))}
      </select>
      <StepButton
        label={say("month.after")}
        icon="right"
        disabled={month >= current}
        onClick={() => onMonth(shiftMonth(month, 1))}
      />
    </div>
  );
}
