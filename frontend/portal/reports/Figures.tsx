import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { Asked } from "../../shared/components/States";
import { ask } from "../../shared/api/http";
import type { Outcome, Report } from "../api";
import { asCount, asNumber, asPercent } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

interface Clause {
  code: string;
  title: string;
  version: number;
  goal: string;
  share: string | null;
  met: number;
  breached: number;
  running: number;
  excluded: Record<string, number>;
}

/** The issued figures, as they are frozen; each opens onto the items that it counted then. */
export function Figures({ report }: { report: Report }) {
  const say = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const query = useQuery({
    queryKey: ["report", report.id],
    queryFn: () => ask<{ clauses: Clause[] }>("GET", report.data_url),
    enabled: isOpen,
    staleTime: Infinity,
  });
  return (
    <div className="pt-2">
      <Button kind="quiet" className="-ml-3 h-11 sm:h-9" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {say(isOpen ? "reports.hide_figures" : "reports.show_figures")}
      </Button>
      {isOpen && (
        <Asked query={query} rows={3} small>
          {({ clauses }) => (
            <ul>
              {clauses.map((clause) => (
                <Line key={`${clause.code} ${clause.version}`} clause={clause} report={report.id} />
              ))}
            </ul>
          )}
        </Asked>
      )}
    </div>
  );
}

function Line({ clause, report }: { clause: Clause; report: string }) {
  const say = useWords();
  const language = useLocale();
  const goal = asNumber(clause.goal) ?? 0;
  const count: Record<Outcome, number> = {
    met: clause.met,
    breached: clause.breached,
    running: clause.running,
    excluded: Object.values(clause.excluded).reduce((total, n) => total + n, 0),
  };
  return (
    <li className="border-t border-line py-2">
      <p className="text-text-1">
        {clause.title}: {clause.share === null ? "–" : asPercent(clause.share, language, goal)}{" "}
        <span className="text-text-2">{say("overview.promised", { goal: asPercent(clause.goal, language) })}</span>
      </p>
      <p className="flex flex-wrap gap-x-4">
        {(["met", "breached", "running", "excluded"] as const)
          .filter((outcome) => count[outcome] > 0)
          .map((outcome) => (
            <Link key={outcome} to="/conversations" search={{ report, clause: clause.code, outcome }} className="opens flex min-h-9 items-center">
              {say(`overview.${outcome}`, { n: asCount(count[outcome], language) })}
            </Link>
          ))}
      </p>
    </li>
  );
}
