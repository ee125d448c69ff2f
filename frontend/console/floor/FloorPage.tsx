import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { Floor } from "../../shared/model";
import { asHour } from "../../shared/time/words";
import { watchFloor } from "../desk/live";
import { useWords } from "../words/load";
import { AgentStrip, AgentTiles } from "./Agents";
import * as api from "./api";
import { AskedList } from "./AskedList";
import { FloorFrame } from "./FloorFrame";
import { NoReplyList } from "./NoReplyList";
import { QueueWall } from "./QueueWall";
import { RiskList } from "./RiskList";
import { WaitingList } from "./WaitingList";

const WaitingChart = lazy(() => import("./WaitingChart").then((module) => ({ default: module.WaitingChart })));
const route = getRouteApi("/inside/floor");

export function useFloor() {
  useEffect(() => watchFloor(), []);
  return useQuery({ queryKey: ["floor"], queryFn: api.floor, refetchInterval: 10_000, staleTime: 500 });
}

export function FloorPage() {
  const { tv } = route.useSearch();
  const query = useFloor();
  if (tv) return <Wall query={query} />;
  return <FloorDesk query={query} />;
}

type Query = ReturnType<typeof useFloor>;

function FloorDesk({ query }: { query: Query }) {
  const say = useWords();
  const language = useLanguage();
  const { queue } = route.useSearch();
  const wall = (
    <Link to="/floor" search={{ tv: 1 }}>
      <Button icon={<Icon name="tv" size={14} />}>{say("floor.tv")}</Button>
    </Link>
  );
  return (
    <FloorFrame detail={query.data && say("floor.at", { time: asHour(query.data.at, language) })} acts={wall}>
      <Asked query={query} rows={10}>
        {(floor) => (
          <div className="flex flex-col gap-8 xl:flex-row">
            <div className="flex min-w-0 flex-1 flex-col gap-8">
              {!floor.dispatcher_alive && <p className="rounded bg-risk-soft px-3 py-2 text-risk">{say("floor.dispatcherDown")}</p>}
              <section aria-label={say("floor.queues")}>
                <QueueWall queues={floor.queues} />
              </section>
              <RiskList risks={floor.risks} queue={floor.queues.find((row) => row.queue.id === queue)} />
              <WaitingList waiting={floor.waiting} queue={floor.queues.find((row) => row.queue.id === queue)} />
              <AskedList />
              <NoReplyList />
              <Suspense>
                <WaitingChart at={floor.at} waiting={sum(floor)} />
              </Suspense>
            </div>
            <section aria-label={say("floor.agents")} className="shrink-0 xl:w-80">
              <AgentStrip agents={floor.agents} />
              <AgentTiles agents={floor.agents} />
            </section>
          </div>
        )}
      </Asked>
    </FloorFrame>
  );
}

const sum = (floor: Floor) => floor.queues.reduce((total, row) => total + row.waiting, 0);

/** For a screen on the wall: large, nothing to press, and never the same pixel for long. */
function Wall({ query }: { query: Query }) {
  const say = useWords();
  const minute = Math.floor(Date.now() / 60_000);
  const drift = { transform: `translate(${(minute % 5) * 3}px, ${((minute >> 1) % 5) * 3}px)` };
  return (
    <div className="flex-1 overflow-hidden bg-surface-1">
      <Link to="/floor" search={{}} className="sr-only focus:not-sr-only">
        {say("floor.leaveTv")}
      </Link>
      <div className="p-10" style={drift}>
        <Asked query={query} rows={10}>
          {(floor) => (
            <div className="flex flex-col gap-10">
              <QueueWall queues={floor.queues} big />
              <AgentStrip agents={floor.agents} big />
            </div>
          )}
        </Asked>
      </div>
    </div>
  );
}
