import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Table } from "../../shared/components/Page";
import { asPercent } from "../../shared/figures";
import { useLanguage } from "../../shared/i18n/use";
import { useWords, type Key } from "../words/load";
import type { Line as Row, WhatIf } from "./api";
import { Difference, Interval } from "./FigureTable";
import { valueOf } from "./figures";
import { peopleIn, skillsIn } from "./words";

/** Client by client and channel by channel, with the clause that is at stake. */
export function Lines({ found }: { found: WhatIf }) {
  const say = useWords();
  const language = useLanguage();
  const isChanged = found.result?.after != null;
  const columns = [
    { name: say("planning.line") },
    { name: say("planning.promised"), right: true, hideOnPhone: true },
    { name: say("planning.ledger"), right: true, hideOnPhone: true },
    { name: say("planning.recorded"), right: true, hideOnPhone: true },
    { name: say("planning.played"), right: true, hideOnPhone: isChanged },
    ...(isChanged ? [{ name: say("planning.changed"), right: true }, { name: say("planning.penaltyChange"), right: true }] : [{ name: say("planning.measures.penalty"), right: true, hideOnPhone: true }]),
  ];
  return (
    <section aria-label={say("planning.lines")}>
      <h2 className="pb-1 text-13 font-semibold">{say("planning.lines")}</h2>
      <Table columns={columns} label={say("planning.lines")}>
        {found.lines.map((row) => {
          const speaking = { language, currency: row.currency };
          return (
            <Line key={`${row.client.id} ${row.channel_group}`}>
              <Cell className="whitespace-nowrap">
                <span className="inline-flex items-center gap-2">
                  <ClientTile client={row.client} />
                  {say(groupKey(row.channel_group))}
                </span>
              </Cell>
              <Cell right hideOnPhone>
                {row.goal === null ? "–" : `${asPercent(row.goal, language)} · ${valueOf("wait", row.target ?? 0, speaking)}`}
              </Cell>
              <Cell right hideOnPhone>
                {ledgerOf(row, language)}
              </Cell>
              <Cell right hideOnPhone>
                {valueOf("service_level", row.recorded.service_level, speaking)}
              </Cell>
              <Interval measure="service_level" figure={row.before?.service_level} speaking={speaking} hideOnPhone={isChanged} />
              {isChanged && <Interval measure="service_level" figure={row.after?.service_level} speaking={speaking} />}
              {isChanged ? (
                <Difference measure="penalty" figure={row.difference?.penalty} speaking={speaking} />
              ) : (
                <Interval measure="penalty" figure={row.before?.penalty} speaking={speaking} hideOnPhone />
              )}
            </Line>
          );
        })}
      </Table>
    </section>
  );
}

/** How busy each group was, and would have been. */
export function GroupsPlayed({ found }: { found: WhatIf }) {
  const say = useWords();
  const language = useLanguage();
  const isChanged = found.result?.after != null;
  const speaking = { language, currency: "EUR" };
  const columns = [
    { name: say("planning.group") },
    { name: say("planning.able"), hideOnPhone: true },
    { name: say("planning.peak"), right: true, hideOnPhone: true },
    { name: say("planning.busyPlayed"), right: true },
    ...(isChanged ? [{ name: say("planning.busyChanged"), right: true }] : []),
  ];
  return (
    <section aria-label={say("planning.groups")}>
      <h2 className="pb-1 text-13 font-semibold">{say("planning.groups")}</h2>
      <Table columns={columns} label={say("planning.groups")}>
        {found.groups.map((group) => (
          <Line key={group.key}>
            <Cell>{peopleIn(group, say)}</Cell>
            <Cell hideOnPhone className="text-text-2">
              {skillsIn(group.skills, language)}
            </Cell>
            <Cell right hideOnPhone>
              {group.peak}
            </Cell>
            <Interval measure="occupancy" figure={group.occupancy_before} speaking={speaking} />
            {isChanged && <Interval measure="occupancy" figure={group.occupancy_after} speaking={speaking} />}
          </Line>
        ))}
      </Table>
    </section>
  );
}

function ledgerOf({ ledger }: Row, language: string): string {
  return ledger && ledger.judged ? asPercent(ledger.met / ledger.judged, language, undefined, 1) : "–";
}

function groupKey(group: string): Key {
  const known = (["chat", "mail", "call"] as const).find((each) => each === group);
  return known ? `planning.channelGroups.${known}` : "planning.channelGroups.other";
}
