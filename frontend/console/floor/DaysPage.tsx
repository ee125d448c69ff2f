import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { SelectField, TextField } from "../../shared/components/Field";
import { Icon } from "../../shared/components/Icon";
import { Asked, Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import type { AgentStatus } from "../../shared/model";
import { asHour, asTimer, dayKey } from "../../shared/time/words";
import { StateMark } from "../desk/StateMenu";
import { useWords } from "../words/load";
import * as api from "./api";
import { dayAfter, extent, place, seconds } from "./days";
import { FloorFrame, SaveLink } from "./FloorFrame";
import { useFloorAgents } from "./people";

const route = getRouteApi("/inside/floor/days");

const BARS: Record<AgentStatus, string> = {
  available: "bg-ok",
  busy: "bg-warn",
  wrap_up: "bg-warn",
  break: "bg-text-3",
  training: "bg-accent",
  not_responding: "bg-risk",
  offline: "bg-surface-3",
};

/** A day as it was: who was in which state from when to when. */
export function DaysPage() {
  const say = useWords();
  const { day = dayKey(Date.now()), agent } = route.useSearch();
  const query = useQuery({ queryKey: ["presence", day, agent], queryFn: () => api.day({ day, agent }), placeholderData: keepPreviousData });
  return (
    <FloorFrame acts={<SaveLink href={api.dayCsv({ day, agent })}>{say("operator.export")}</SaveLink>}>
      <Choose day={day} agent={agent} />
      <Asked query={query} isEmpty={(found) => found.agents.length === 0} empty={<Notice icon="people" title={say("floor.nobodyThatDay")} text={say("floor.nobodyThatDayText")} />}>
        {(found) => (
          <ul className="border-t border-line">
            {found.agents.map((row) => (
              <Row key={row.agent.id} row={row} zone={found.zone} line={extent(found.agents)!} startsOpen={row.agent.id === agent} />
            ))}
          </ul>
        )}
      </Asked>
    </FloorFrame>
  );
}

function Choose({ day, agent }: { day: string; agent?: string }) {
  const say = useWords();
  const agents = useFloorAgents();
  const navigate = route.useNavigate();
  const set = (change: { day?: string; agent?: string }) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <div className="flex flex-wrap items-end gap-2 pb-4">
      <IconButton label={say("floor.dayBefore")} onClick={() => set({ day: dayAfter(day, -1) })}>
        <Icon name="left" />
      </IconButton>
      <div className="w-40">
        <TextField type="date" label={say("floor.day")} value={day} max={dayKey(Date.now())} onChange={(event) => set({ day: event.target.value || undefined })} />
      </div>
      <IconButton label={say("floor.dayAfter")} disabled={day >= dayKey(Date.now())} onClick={() => set({ day: dayAfter(day, 1) })}>
        <Icon name="right" />
      </IconButton>
      <div className="w-52">
        <SelectField label={say("floor.agent")} value={agent ?? ""} onChange={(event) => set({ agent: event.target.value || undefined })}>
          <option value="">{say("floor.everybody")}</option>
          {agents.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </SelectField>
      </div>
    </div>
  );
}

interface RowProps {
  row: api.AgentDay;
  zone: string;
  line: [number, number];
  startsOpen: boolean;
}

function Row({ row, zone, line, startsOpen }: RowProps) {
  const say = useWords();
  const language = useLanguage();
  const [isOpen, setIsOpen] = useState(startsOpen);
  const first = row.spans[0]!;
  const last = row.spans.at(-1)!;
  return (
    <li className="border-b border-line py-2">
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)} className="grid w-full gap-x-4 gap-y-1 rounded text-left hover:bg-surface-2 md:grid-cols-[14rem_1fr_7rem]">
        <span className="flex items-center gap-1.5 truncate text-13 font-medium">
          <Icon name={isOpen ? "down" : "right"} size={14} className="text-text-3" />
          {row.agent.name}
        </span>
        <span className="relative my-1 h-4 overflow-hidden rounded-sm max-md:order-3" aria-hidden>
          {row.spans.map((span) => {
            const { left, width } = place(span, line);
            return (
              <span
                key={span.started_at}
                title={`${nameOf(span, say(`desk.states.${span.status}`))} · ${asHour(span.started_at, language, zone)}–${asHour(span.ended_at, language, zone)}`}
                className={cx("absolute inset-y-0", BARS[span.status])}
                style={{ left: `${left}%`, width: `max(1px, ${width}%)` }}
              />
            );
          })}
        </span>
        <span className="num text-13 text-text-2 md:text-right">
          {asHour(first.started_at, language, zone)}–{last.is_open ? say("floor.untilNow") : asHour(last.ended_at, language, zone)}
        </span>
      </button>
      <p className="num flex flex-wrap gap-x-4 gap-y-0.5 pt-1 pl-5 text-12 text-text-2">
        <span className="font-medium text-text-1">{say("floor.there", { time: asTimer(seconds(row.presence)) })}</span>
        {row.totals.map((total) => (
          <span key={`${total.status} ${total.reason}`} className="flex items-center gap-1.5">
            <StateMark status={total.status} />
            {nameOf(total, say(`desk.states.${total.status}`))} {asTimer(seconds(total.micros))}
          </span>
        ))}
      </p>
      {isOpen && <Spans spans={row.spans} zone={zone} />}
    </li>
  );
}

const SHOWN = 40;

function Spans({ spans, zone }: { spans: api.Span[]; zone: string }) {
  const say = useWords();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const shown = all ? spans : spans.slice(0, SHOWN);
  return (
    <>
      <ol className="mt-2 ml-5 border-l border-line pl-3">
        {shown.map((span) => (
          <li key={span.started_at} className="flex flex-wrap items-center gap-x-3 py-1 text-13">
            <span className="num w-28 text-text-2">
              {asHour(span.started_at, language, zone)}–{span.is_open ? say("floor.untilNow") : asHour(span.ended_at, language, zone)}
            </span>
            <StateMark status={span.status} />
            <span>{nameOf(span, say(`desk.states.${span.status}`))}</span>
            <span className="num text-text-2">{asTimer(seconds(span.micros))}</span>
            {span.set_by && <span className="text-12 text-text-3">{say("floor.setBy", { name: span.set_by.name })}</span>}
          </li>
        ))}
      </ol>
      {shown.length < spans.length && (
        <Button small className="mt-1 ml-8" onClick={() => setAll(true)}>
          {say("floor.showAll", { count: spans.length })}
        </Button>
      )}
    </>
  );
}

const nameOf = (span: { reason_name: string }, state: string) => (span.reason_name ? `${state} · ${span.reason_name}` : state);
