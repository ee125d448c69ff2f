import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Page } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { useWords } from "../words/load";
import * as api from "./api";
import { AskForm } from "./AskForm";
import { WhatIfs } from "./WhatIfs";

const route = getRouteApi("/inside/planning");

/** A past week of the floor, to be played again otherwise; and what was asked before. */
export function PlanningPage() {
  const say = useWords();
  const { day } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ["planning"],
    queryFn: api.planning,
    refetchInterval: ({ state }) => (state.data?.what_ifs.some(api.isOpen) ? 3000 : false),
  });
  return (
    <Page wide title={say("planning.title")} detail={say("planning.detail")}>
      <Asked query={query} rows={10}>
        {(planning) => {
          const weeks = planning.weeks.filter((week) => week.conversations > 0);
          const chosen = planning.weeks.find((week) => week.day === day) ?? weeks[0];
          return (
            <div className="flex flex-col gap-10">
              {chosen ? (
                <AskForm key={chosen.day} planning={planning} week={chosen} onWeek={(next) => void navigate({ search: { day: next }, replace: true })} />
              ) : (
                <Notice icon="floor" title={say("planning.noWeeks")} text={say("planning.noWeeksText")} />
              )}
              <WhatIfs planning={planning} />
            </div>
          );
        }}
      </Asked>
    </Page>
  );
}
