import type { ReactNode } from "react";

import { Page } from "../../shared/components/Page";
import { Tabs } from "../../shared/components/Tabs";
import { useWords } from "../words/load";

export function PlaybookFrame({ children }: { children: ReactNode }) {
  const say = useWords();
  const tabs = [
    { to: "/playbook", name: say("playbook.title") },
    { to: "/playbook/stops", name: say("playbook.stops") },
  ] as const;
  return (
    <Page title={say("playbook.title")} wide>
      <Tabs label={say("playbook.title")} tabs={[...tabs]} />
      {children}
    </Page>
  );
}
