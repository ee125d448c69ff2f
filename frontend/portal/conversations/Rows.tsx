import { Link } from "@tanstack/react-router";

import { channelIcon, Icon } from "../../shared/components/Icon";
import { asInstant, languageName } from "../../shared/time/words";
import type { Row } from "../api";
import { nameChannel, nameStatus } from "../channels";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { ClockMark } from "./ClockMark";

/** A list to read: case and reason first, then when and who, then the promises with their state in words. */
export function Rows({ rows }: { rows: Row[] }) {
  return (
    <ul className="border-t border-line">
      {rows.map((row) => (
        <li key={row.id} className="border-b border-line">
          <Item row={row} />
        </li>
      ))}
    </ul>
  );
}

function Item({ row }: { row: Row }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const opened = new Date(row.opened_at);
  return (
    <Link
      to="/conversations/$conversation"
      params={{ conversation: row.id }}
      className="group grid gap-x-6 gap-y-1 py-3 hover:bg-surface-2 md:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_minmax(0,1.2fr)] md:items-center md:px-2"
    >
      <span className="flex min-w-0 items-center gap-3">
        <Icon name={channelIcon(row.channel)} className="text-text-3" />
        <span className="min-w-0">
          <span className="figures block font-medium group-hover:underline group-hover:underline-offset-4">{row.case_number}</span>
          <span className="block truncate text-13 text-text-2">{row.contact_reason || say("list.without_reason")}</span>
        </span>
      </span>
      <span className="figures text-13 text-text-2">
        <time dateTime={row.opened_at} title={asInstant(row.opened_at, language, zone)} className="text-text-1">
          {opened.toLocaleString(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone })}
        </time>
        {" · "}
        {nameChannel(row.channel, say)} · {languageName(row.language, language)}
        <span className="block">
          {nameStatus(row.status, say)}
          {row.agent_alias && ` · ${row.agent_alias}`}
        </span>
      </span>
      <span className="flex flex-col gap-0.5">
        {row.clocks.map((clock) => (
          <ClockMark key={clock.id} clock={clock} />
        ))}
      </span>
    </Link>
  );
}
