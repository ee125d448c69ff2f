import { Link } from "@tanstack/react-router";

import type { Filters } from "../api";
import { asCount, heights } from "../figures";
import { useLocale } from "../locale";

interface Bar {
  key: string;
  label: string;
  count: number;
  search: Filters;
}

/** Labelled bars, longest first as they come; each row opens onto what it counts. */
export function Bars({ title, rows }: { title?: string; rows: Bar[] }) {
  const language = useLocale();
  const wide = heights(rows.map((row) => row.count));
  return (
    <div>
      {title && <h3 className="pb-1 text-13 font-medium text-text-2">{title}</h3>}
      <ul className="figures">
        {rows.map(({ key, label, count, search }, index) => (
          <li key={key} className="border-b border-line last:border-0">
            <Link to="/conversations" search={search} className="group grid min-h-11 grid-cols-[minmax(0,12rem)_minmax(0,1fr)_2.5rem] items-center gap-3 py-1.5 hover:bg-surface-2">
              <span className="text-pretty group-hover:underline group-hover:underline-offset-4">{label}</span>
              <span aria-hidden className="h-2 rounded-sm bg-client" style={{ width: `${(wide[index] ?? 0) * 100}%` }} />
              <span className="text-right font-medium">{asCount(count, language)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
