import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import { Asked, Notice } from "../../shared/components/States";
import { useShared } from "../../shared/i18n/use";
import { asDay } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";

export const contractQuery = { queryKey: ["contract"], queryFn: api.contract };

/** Every version that was offered or signed, the newest first. */
export function ContractPage() {
  const say = useWords();
  const query = useQuery(contractQuery);
  return (
    <>
      <PageHead title={say("contract.title")} />
      <p className="max-w-[68ch] pb-6 text-text-2">{say("contract.intro")}</p>
      <Asked query={query} isEmpty={(found) => found.versions.length === 0} empty={<Notice icon="file" title={say("contract.none")} text={say("contract.none_text")} />}>
        {(found) => (
          <ul className="border-t border-line">
            {found.versions.map((version) => (
              <Item key={version.id} version={version} />
            ))}
          </ul>
        )}
      </Asked>
    </>
  );
}

function Item({ version }: { version: api.Contract["versions"][number] }) {
  const shared = useShared();
  const say = useWords();
  const isWaiting = version.standing === "offered";
  return (
    <li className="border-b border-line">
      <Link to="/contract/$version" params={{ version: version.id }} className="grid gap-x-8 gap-y-1 py-5 hover:bg-surface-2 md:grid-cols-[minmax(0,12rem)_minmax(0,1fr)_auto]">
        <span className="text-18 font-medium">{shared("contract.version", { n: version.number })}</span>
        <span className="text-text-2">
          <Span version={version} />
        </span>
        <span className={cx("text-13", isWaiting ? "font-semibold text-warn" : version.standing === "in_force" ? "font-semibold" : "text-text-2")}>
          {isWaiting ? say("contract.waits") : shared(`contract.standing.${version.standing}`)}
        </span>
      </Link>
    </li>
  );
}

export function Span({ version }: { version: { begins: string; ends: string | null } }) {
  const shared = useShared();
  const language = useLocale();
  const day = (at: string) => asDay(`${at}T12:00:00Z`, language, 0);
  return <>{version.ends ? shared("contract.span", { from: day(version.begins), until: day(version.ends) }) : shared("contract.from", { day: day(version.begins) })}</>;
}
