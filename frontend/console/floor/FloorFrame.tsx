import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { useWords, type Key } from "../words/load";

const TABS: { to: LinkProps["to"]; name: Key }[] = [
  { to: "/floor", name: "floor.tabs.now" },
  { to: "/floor/days", name: "floor.tabs.days" },
  { to: "/floor/time", name: "floor.tabs.time" },
  { to: "/floor/reasons", name: "floor.tabs.reasons" },
];

/** What all of the floor's pages have above them. */
export function FloorFrame({ detail, acts, children }: { detail?: ReactNode; acts?: ReactNode; children: ReactNode }) {
  const say = useWords();
  return (
    <Page wide title={say("floor.title")} detail={detail} acts={acts}>
      <nav aria-label={say("floor.title")} className="-mx-4 mb-4 flex gap-1 overflow-x-auto border-b border-line px-4 md:-mx-6 md:px-6">
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

/** A file to save, as a button looks. */
export function SaveLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} download className="flex h-8 items-center rounded border border-line-strong px-3 text-13 font-medium hover:bg-surface-3">
      {children}
    </a>
  );
}
