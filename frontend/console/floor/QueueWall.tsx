import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asPercent } from "../../shared/figures";
import type { FloorQueue } from "../../shared/model";
import { asLeft } from "../../shared/time/words";
import { wordOr } from "../desk/channels";
import { useWords } from "../words/load";

const dayAgo = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** Rows of queues by client: who waits, how long, and whether the promise holds. */
export function QueueWall({ queues, big }: { queues: FloorQueue[]; big?: boolean }) {
  const say = useWords();
  if (queues.length === 0) return <Notice icon="floor" title={say("floor.noQueues")} text={say("floor.noQueuesText")} />;
  const rows = [...queues].sort((a, b) => a.tenant.name.localeCompare(b.tenant.name) || a.queue.channel_group.localeCompare(b.queue.channel_group));
  return (
    <div className="overflow-x-auto">
      <table className={cx("num w-full border-collapse", big ? "text-24" : "text-13")}>
        <thead>
          <tr className={cx("border-b border-line text-text-3", big ? "text-15" : "text-12")}>
            <Head left>{say("floor.columns.queue")}</Head>
            <Head>{say("floor.columns.waiting")}</Head>
            <Head>{say("floor.columns.longest")}</Head>
            <Head left wide>
              {say("floor.columns.level")}
            </Head>
            <Head>{say("floor.columns.risk")}</Head>
            <Head>{say("floor.columns.active")}</Head>
            <Head>{say("floor.columns.arrived")}</Head>
            <Head>{say("floor.columns.finished")}</Head>
            <Head>{say("floor.columns.abandoned")}</Head>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <QueueRow key={row.queue.id} row={row} big={big} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ left, wide, children }: { left?: boolean; wide?: boolean; children: ReactNode }) {
  return (
    <th scope="col" className={cx("h-8 px-2 font-medium whitespace-nowrap first:pl-3", left ? "text-left" : "text-right", wide && "w-56")}>
      {children}
    </th>
  );
}

function QueueRow({ row, big }: { row: FloorQueue; big?: boolean }) {
  const say = useWords();
  const group = wordOr(["chat", "mail"] as const, row.queue.channel_group, (code) => say(`desk.groups.${code}`));
  const finished = (
    <Figure value={row.last_hour.finished}>
      <Link to="/finished" search={{ tenant: row.tenant.id, from: dayAgo() }} className="hover:underline">
        {row.last_hour.finished}
      </Link>
    </Figure>
  );
  return (
    <tr style={wearing(row.tenant)} className={cx("border-b border-line", big ? "h-18" : "h-10")}>
      <th scope="row" className="edge pr-2 pl-3 text-left font-medium whitespace-nowrap">
        <span className="flex items-center gap-2">
          <ClientTile client={row.tenant} size={big ? "large" : undefined} />
          <span className={cx("truncate", !big && "max-w-52")} title={row.tenant.name}>
            {row.tenant.name}
          </span>
          <span className="font-normal text-text-2">{group}</span>
        </span>
      </th>
      <Figure value={row.waiting} strong>
        <Link to="/floor" search={{ queue: row.queue.id }} hash="waiting" className="hover:underline">
          {row.waiting}
        </Link>
      </Figure>
      <Figure value={row.longest_wait_seconds}>{row.longest_wait_seconds > 0 ? asLeft(row.longest_wait_seconds) : "–"}</Figure>
      <td className="px-2">
        <LevelBar level={row.service_level} big={big} />
      </td>
      <Figure value={row.at_risk} risk>
        <Link to="/floor" search={{ queue: row.queue.id }} hash="risks" className="hover:underline">
          {row.at_risk}
        </Link>
      </Figure>
      <Figure value={row.active}>{row.active}</Figure>
      <Figure value={row.last_hour.arrived}>{row.last_hour.arrived}</Figure>
      {finished}
      <Figure value={row.last_hour.abandoned}>{row.last_hour.abandoned}</Figure>
    </tr>
  );
}

function Figure({ value, strong, risk, children }: { value: number; strong?: boolean; risk?: boolean; children: ReactNode }) {
  return (
    <td className={cx("px-2 text-right whitespace-nowrap", value === 0 ? "text-text-3" : risk ? "font-semibold text-risk" : strong && "font-semibold")}>{children}</td>
  );
}

/** Share answered in time against the promise: a bar, and a mark where the promise stands. */
export function LevelBar({ level, big }: { level: FloorQueue["service_level"]; big?: boolean }) {
  const say = useWords();
  const language = useLanguage();
  if (level.share === null || level.counted === 0) return <span className="text-text-3">{say("floor.levelNone")}</span>;
  const isBelow = level.goal !== null && level.share < level.goal;
  return (
    <span className="flex items-center gap-2 whitespace-nowrap" title={say("floor.levelOf", { met: level.met, counted: level.counted })}>
      <span className={cx("relative shrink-0 rounded-full bg-surface-4", big ? "h-3 w-40" : "h-1.5 w-24")}>
        <span className={cx("absolute inset-y-0 left-0 rounded-full", isBelow ? "bg-risk" : "bg-ok")} style={{ width: `${level.share * 100}%` }} />
        {level.goal !== null && (
          <span
            title={say("floor.target", { goal: asPercent(level.goal, language) })}
            className="absolute -inset-y-1 w-px bg-text-1"
            style={{ left: `${level.goal * 100}%` }}
          />
        )}
      </span>
      <span className={cx("font-medium", isBelow && "text-risk")}>{asPercent(level.share, language, level.goal ?? undefined, 1)}</span>
      <span className={cx("text-text-3", big ? "text-15" : "text-12")}>{say("floor.levelOf", { met: level.met, counted: level.counted })}</span>
    </span>
  );
}
