import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../shared/components/Menu";
import { Notice } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import type { AgentStatus } from "../../shared/model";
import type { FloorAgent } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asTimer } from "../../shared/time/words";
import { useTry } from "../desk/actions";
import { StateChoices, StateMark } from "../desk/StateMenu";
import { useWords } from "../words/load";
import { setAgentState } from "./api";
import { byNeed, isThere, lookOf } from "./attention";
import { CapacityDialog } from "./Capacity";

const ORDER: AgentStatus[] = ["available", "busy", "wrap_up", "break", "training", "not_responding", "offline"];

/** How many are in which state. */
export function AgentStrip({ agents, big }: { agents: FloorAgent[]; big?: boolean }) {
  const say = useWords();
  const counts = ORDER.map((status) => [status, agents.filter((agent) => agent.status === status).length] as const).filter(([, count]) => count > 0);
  return (
    <ul className={cx("num flex flex-wrap gap-x-4 gap-y-1", big ? "text-24" : "pb-2 text-12 text-text-2")}>
      {counts.map(([status, count]) => (
        <li key={status} className="flex items-center gap-1.5">
          <StateMark status={status} />
          <span className="font-semibold text-text-1">{count}</span>
          {say(`desk.states.${status}`)}
        </li>
      ))}
    </ul>
  );
}

/** Agents sorted by who needs a look. */
export function AgentTiles({ agents }: { agents: FloorAgent[] }) {
  const say = useWords();
  const now = useNow();
  if (agents.length === 0) return <Notice icon="people" title={say("floor.noAgents")} small />;
  return (
    <ul className="border-t border-line">
      {byNeed(agents, now).map((agent) => (
        <AgentTile key={agent.id} agent={agent} now={now} />
      ))}
    </ul>
  );
}

function AgentTile({ agent, now }: { agent: FloorAgent; now: number }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const navigate = useNavigate();
  const look = lookOf(agent, now);
  const isOff = agent.status === "offline";
  const reason = agent.reason_name;
  const [isSettingCapacity, setIsSettingCapacity] = useState(false);
  const set = async (status: AgentStatus, why?: string) => {
    const done = await attempt(() => setAgentState(agent.id, status, why).then(() => true));
    if (done) toast(say("floor.stateSet", { name: agent.name, state: say(`desk.states.${status}`) }));
    await client.invalidateQueries({ queryKey: ["floor"] });
  };
  const tile = (
    <button type="button" className="flex w-full items-center gap-2.5 px-1 py-1.5 text-left hover:bg-surface-3 data-[state=open]:bg-surface-3">
      <StateMark status={agent.status} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className={cx("truncate font-medium", isOff && "text-text-3")}>{agent.name}</span>
          <span className="truncate text-12 text-text-3">{agent.languages.map((each) => each.code).join(" ")}</span>
        </span>
        <span className="block truncate text-12 text-text-2">
          {say(`desk.states.${agent.status}`)}
          {reason && ` · ${reason}`} · <span className="num">{asTimer((now - Date.parse(agent.since)) / 1000)}</span>
          {agent.set_by && ` · ${say("floor.setBy", { name: agent.set_by.name })}`}
          {look && <span className={look === "full" ? "text-warn" : "text-risk"}> · {say(`floor.looks.${look}`)}</span>}
        </span>
      </span>
      {!isOff && <Load agent={agent} />}
    </button>
  );
  return (
    <li className="border-b border-line">
      <Menu label={say("floor.setState")} trigger={tile}>
        {isThere(agent, now) ? (
          <>
            <MenuLabel>{say("floor.setState")}</MenuLabel>
            <StateChoices now={agent.status} onPick={(status, why) => void set(status, why)} />
          </>
        ) : (
          <MenuLabel>{say("floor.consoleClosed")}</MenuLabel>
        )}
        <MenuLine />
        <MenuItem icon={<Icon name="panel" />} onPick={() => setIsSettingCapacity(true)}>
          {say("floor.capacity")}…
        </MenuItem>
        <MenuItem icon={<Icon name="clock" />} onPick={() => void navigate({ to: "/floor/days", search: { agent: agent.id } })}>
          {say("floor.theirDay")}
        </MenuItem>
      </Menu>
      {isSettingCapacity && <CapacityDialog agent={agent.id} onClose={() => setIsSettingCapacity(false)} />}
    </li>
  );
}

/** Hands: filled for what is in them, hollow for what still fits. */
function Load({ agent }: { agent: FloorAgent }) {
  const say = useWords();
  return (
    <span className="flex shrink-0 gap-0.5" role="img" aria-label={say("floor.load", { load: agent.load, capacity: agent.capacity })}>
      {Array.from({ length: agent.capacity }, (_, place) => (
        <span key={place} className={cx("h-3 w-1.5 rounded-[1px]", place < agent.load ? "bg-text-2" : "bg-surface-4")} />
      ))}
    </span>
  );
}
