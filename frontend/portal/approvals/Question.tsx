import type { ReactNode } from "react";

import { asInstant } from "../../shared/time/words";
import type { Approval } from "../api";
import { asMoney } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

interface Props {
  approval: Approval;
  zone: string | undefined;
  /** What else may be shown where it is shown. */
  more?: [string, string][];
  children?: ReactNode;
}

/** What is asked, by whom, of which case, and by when. */
export function Question({ approval, zone, more = [], children }: Props) {
  const say = useWords();
  const locale = useLocale();
  const facts: [string, string][] = [
    [say("approvals.amount"), approval.amount ? asMoney(approval.amount, approval.currency, locale) : ""],
    [say("approvals.due"), approval.due_at ? asInstant(approval.due_at, locale, zone) : ""],
    [say("approvals.case"), approval.case_number],
    [say("approvals.asked_by"), approval.alias],
    [say("approvals.asked"), asInstant(approval.asked_at, locale, zone)],
    ...more,
  ];
  return (
    <>
      <p className="max-w-[68ch] text-18 whitespace-pre-line wrap-anywhere">{approval.asked}</p>
      <dl className="figures grid grid-cols-2 gap-x-8 gap-y-4 pt-6 sm:grid-cols-3">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="text-13 text-text-2">{name}</dt>
              <dd className="wrap-anywhere">{value}</dd>
            </div>
          ))}
      </dl>
      {approval.note && (
        <div className="max-w-[68ch] pt-6">
          <p className="text-13 text-text-2">{say("approvals.know")}</p>
          <p className="whitespace-pre-line wrap-anywhere">{approval.note}</p>
        </div>
      )}
      {children}
    </>
  );
}
