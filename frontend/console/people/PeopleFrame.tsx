import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { useWords, type Key } from "../words/load";

const TABS: { to: LinkProps["to"]; name: Key }[] = [
  { to: "/people", name: "people.tabs.people" },
  { to: "/people/invitations", name: "people.tabs.invitations" },
  { to: "/people/skills", name: "people.tabs.skills" },
  { to: "/people/import", name: "people.tabs.table" },
  { to: "/people/could-serve", name: "people.tabs.couldServe" },
  { to: "/people/keys", name: "people.tabs.keys" },
];

/** What all of the pages about people have above them. */
export function PeopleFrame({ detail, acts, children }: { detail?: ReactNode; acts?: ReactNode; children: ReactNode }) {
  const say = useWords();
  return (
    <Page wide title={say("operator.people")} detail={detail} acts={acts}>
      <nav aria-label={say("operator.people")} className="-mx-4 mb-4 flex gap-1 overflow-x-auto border-b border-line px-4 md:-mx-6 md:px-6">
        {TABS.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to!}
            activeOptions={{ exact: true, includeSearch: false }}
            className="-mb-px flex h-9 shrink-0 items-center border-b-2 border-transparent px-2 text-13 whitespace-nowrap text-text-2 hover:text-text-1 aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text-1"
          >
            {say(tab.name)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

/** One matter of a page, with its name and what can be done about it. */
export function Section({ title, acts, children }: { title: string; acts?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="pb-8">
      <div className="flex min-h-8 flex-wrap items-center gap-2 pb-1">
        <h2 className="text-13 font-semibold">{title}</h2>
        {acts && <div className="ml-auto flex flex-wrap gap-2">{acts}</div>}
      </div>
      {children}
    </section>
  );
}
