import { Link } from "@tanstack/react-router";

import { Icon } from "../../shared/components/Icon";
import { useLanguage } from "../../shared/i18n/use";
import * as api from "../api";
import { useWords } from "../words/load";

/** The month to take along, item by item or in its figures; and where figures are disputed. */
export function Takings({ month }: { month: string }) {
  const say = useWords();
  const lang = useLanguage();
  const asked = { month, lang };
  return (
    <p className="-mt-6 flex flex-wrap items-center gap-x-5 text-13 text-text-2">
      <Link to="/disputes" className="opens tap inline-flex items-center">
        {say("dispute.page")}
      </Link>
      <Link to="/evaluations" className="opens tap inline-flex items-center">
        {say("quality.page")}
      </Link>
      {(["items", "attainment"] as const).map((what) => (
        <span key={what} className="inline-flex flex-wrap items-center gap-x-3">
          <Icon name="down_tray" className="text-text-3" />
          {say(`takings.${what}`)}
          {(["csv", "json"] as const).map((form) => (
            <a key={form} href={api.exportOf(what, form, asked)} download aria-label={`${say(`takings.${what}`)} ${form.toUpperCase()}`} className="opens tap inline-flex items-center">
              {form.toUpperCase()}
            </a>
          ))}
        </span>
      ))}
    </p>
  );
}
