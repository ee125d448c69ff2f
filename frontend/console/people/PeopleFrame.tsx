import type { LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { Tabs } from "../../shared/components/Tabs";
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
      <Tabs label={say("operator.people")} tabs={TABS.map((tab) => ({ to: tab.to, name: say(tab.name) }))} />
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
