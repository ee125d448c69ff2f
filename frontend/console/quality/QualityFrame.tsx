import { type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { Tabs } from "../../shared/components/Tabs";
import type { Role } from "../../shared/model";
import { has, useMe } from "../session";
import { useWords, type Key } from "../words/load";

const TABS: { to: LinkProps["to"]; name: Key; roles: Role[] }[] = [
  { to: "/to-evaluate", name: "quality.tabs.toEvaluate", roles: ["supervisor"] },
  { to: "/finished", name: "quality.tabs.finished", roles: ["supervisor", "operator"] },
  { to: "/evaluations", name: "quality.tabs.evaluations", roles: ["supervisor"] },
  { to: "/evaluation-disputes", name: "quality.tabs.disputes", roles: ["supervisor"] },
  { to: "/sampling", name: "quality.tabs.sampling", roles: ["supervisor", "operator"] },
  { to: "/scorecards", name: "quality.tabs.scorecards", roles: ["supervisor", "operator"] },
];

/** What all pages of quality have above them. */
export function QualityFrame({ title, detail, acts, children }: { title: string; detail?: ReactNode; acts?: ReactNode; children: ReactNode }) {
  return (
    <Page wide title={title} detail={detail} acts={acts}>
      <QualityTabs />
      {children}
    </Page>
  );
}

export function QualityTabs({ inside }: { inside?: boolean }) {
  const say = useWords();
  const me = useMe();
  const tabs = TABS.filter((tab) => has(me, ...tab.roles)).map((tab) => ({ to: tab.to, name: say(tab.name) }));
  const bar = <Tabs label={say("quality.title")} tabs={tabs} />;
  return inside ? <div className="px-4 *:mb-0 md:px-6">{bar}</div> : bar;
}
