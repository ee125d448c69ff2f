import { Fragment } from "react";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Menu, MenuItem, MenuLabel, MenuLine } from "../../shared/components/Menu";
import type { AgentState, AgentStatus } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asTimer } from "../../shared/time/words";
import { useWords } from "../words/load";
import { useDeskActions } from "./actions";
import { choicesOf, useReasons } from "./reasons";

const MARKS: Record<AgentStatus, string> = {
  available: "bg-ok",
  busy: "bg-warn",
  wrap_up: "bg-warn",
  break: "bg-text-3",
  training: "bg-text-3",
  not_responding: "bg-risk",
  offline: "border-2 border-text-3",
};

export function StateMark({ status }: { status: AgentStatus }) {
  return <span aria-hidden className={cx("size-2.5 shrink-0 rounded-full", MARKS[status])} />;
}

/** The agent's state with its time, and what it can be changed to. */
export function StateMenu({ state }: { state: AgentState }) {
  const say = useWords();
  const act = useDeskActions();
  const seconds = (useNow() - Date.parse(state.since)) / 1000;
  const reason = state.reason_name;
  const trigger = (
    <button
      type="button"
      className="flex h-12 w-full shrink-0 items-center gap-2 border-b border-line px-3 text-left hover:bg-surface-3 data-[state=open]:bg-surface-3"
    >
      <span className="sr-only">{say("desk.setState")}:</span>
      <StateMark status={state.status} />
      <span className="truncate font-semibold">
        {say(`desk.states.${state.status}`)}
        {reason && <span className="font-normal text-text-2"> · {reason}</span>}
      </span>
      {state.since && <span className="num text-text-2">{asTimer(seconds)}</span>}
      <span className="num ml-auto text-12 text-text-2" title={say("desk.load", { load: state.load, capacity: state.capacity })}>
        {state.capacity > 0 && `${state.load}/${state.capacity}`}
      </span>
      <Icon name="down" size={14} className="text-text-3" />
    </button>
  );
  return (
    <>
      <Menu label={say("desk.setState")} trigger={trigger}>
        <StateChoices now={state.status} onPick={(status, why) => void act.setState(status, why)} />
      </Menu>
      {state.set_by && (
        <p role="status" className="flex items-center gap-2 border-b border-line bg-warn-soft px-3 py-2 text-12 text-text-1">
          <Icon name="person" size={14} className="shrink-0 text-text-2" />
          {say("desk.setBy", { name: state.set_by.name })}
        </p>
      )}
      {state.status === "not_responding" && (
        <div className="flex items-center gap-2 border-b border-line bg-risk-soft px-3 py-2 text-12 text-risk">
          <span className="flex-1">{say("desk.backToWork")}</span>
          <Button small onClick={() => void act.setState("available")}>
            {say("desk.imBack")}
          </Button>
        </div>
      )}
    </>
  );
}

interface ChoicesProps {
  now: AgentStatus;
  onPick: (status: AgentStatus, reason?: string) => void;
}

export function StateChoices({ now, onPick }: ChoicesProps) {
  const say = useWords();
  const reasons = useReasons();
  const plain = (status: AgentStatus) => (
    <MenuItem key={status} icon={<StateMark status={status} />} marked={now === status} onPick={() => onPick(status)}>
      {say(`desk.states.${status}`)}
    </MenuItem>
  );
  return (
    <>
      {plain("available")}
      {choicesOf(reasons).map((choice) => (
        <Fragment key={choice.status}>
          {(choice.status === "busy" || choice.reasons.length === 0) && plain(choice.status)}
          {choice.reasons.length > 0 && (
            <>
              <MenuLine />
              <MenuLabel>{say(`desk.states.${choice.status}`)}</MenuLabel>
              {choice.reasons.map((reason) => (
                <MenuItem key={reason.code} icon={<StateMark status={choice.status} />} onPick={() => onPick(choice.status, reason.code)}>
                  {reason.name}
                </MenuItem>
              ))}
            </>
          )}
        </Fragment>
      ))}
      <MenuLine />
      {plain("offline")}
    </>
  );
}
