import type { LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { Tabs } from "../../shared/components/Tabs";
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
      <Tabs label={say("floor.title")} tabs={TABS.map((tab) => ({ to: tab.to, name: say(tab.name) }))} />
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
