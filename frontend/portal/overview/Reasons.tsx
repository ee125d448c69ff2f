import type { Overview } from "../api";
import { useWords } from "../words/load";
import { Bars } from "./Bars";

/** What shoppers ask about: the reasons that agents gave when closing. */
export function Reasons({ reasons, month }: { reasons: Overview["contact_reasons"]; month: string }) {
  const say = useWords();
  return (
    <section aria-labelledby="reasons">
      <h2 id="reasons" className="border-b border-line pb-3 text-18 font-semibold">
        {say("reasons.title")}
      </h2>
      {reasons.length === 0 ? (
        <p className="py-6 text-text-2">{say("reasons.none")}</p>
      ) : (
        <Bars
          rows={reasons.map(({ code, label, count }) => ({
            key: code || "none",
            label: label || say("reasons.unknown"),
            count,
            search: { month, reason: code || "none" },
          }))}
        />
      )}
    </section>
  );
}
