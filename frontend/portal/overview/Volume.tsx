import { Link } from "@tanstack/react-router";

import { languageName } from "../../shared/time/words";
import type { Overview } from "../api";
import { nameChannel } from "../channels";
import { asCount, heights } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { Bars } from "./Bars";

/** What arrived in the month: by day, by channel, by language; each bar opens onto its conversations. */
export function Volume({ volume, month }: { volume: Overview["volume"]; month: string }) {
  const say = useWords();
  const language = useLocale();
  const total = volume.conversations;
  return (
    <section aria-labelledby="volume">
      <h2 id="volume" className="border-b border-line pb-3 text-18 font-semibold">
        {say("volume.title")}
      </h2>
      {total === 0 ? (
        <p className="py-6 text-text-2">{say("volume.none")}</p>
      ) : (
        <>
          <p className="figures py-4">
            <Link to="/conversations" search={{ month }} className="opens">
              <strong className="text-24 font-semibold">{asCount(total, language)}</strong> {say("volume.conversations", { count: total })}
            </Link>
          </p>
          <Days days={volume.by_day} month={month} />
          <div className="grid gap-x-10 gap-y-8 pt-8 md:grid-cols-2">
            <Bars
              title={say("volume.by_channel")}
              rows={volume.by_channel.map(({ channel, count }) => ({
                key: channel,
                label: nameChannel(channel, say),
                count,
                search: { month, channel },
              }))}
            />
            <Bars
              title={say("volume.by_language")}
              rows={volume.by_language.map((row) => ({
                key: row.language,
                label: languageName(row.language, language),
                count: row.count,
                search: { month, language: row.language },
              }))}
            />
          </div>
        </>
      )}
    </section>
  );
}

function Days({ days, month }: { days: Overview["volume"]["by_day"]; month: string }) {
  const say = useWords();
  const language = useLocale();
  const tall = heights(days.map((day) => day.count));
  const name = (day: string) => new Date(`${day}T12:00:00Z`).toLocaleDateString(language, { day: "numeric", month: "short", timeZone: "UTC" });
  return (
    <figure>
      <figcaption className="pb-2 text-13 font-medium text-text-2">{say("volume.by_day")}</figcaption>
      <ol className="flex h-36 items-stretch gap-px sm:gap-1">
        {days.map(({ day, count }, index) => {
          const label = say("volume.day", { day: name(day), count, n: asCount(count, language) });
          const column = (
            <>
              <span aria-hidden className="figures hidden h-4 text-12 text-text-3 group-hover:text-text-1 sm:block">
                {count || ""}
              </span>
              <span aria-hidden className="block w-full rounded-t-sm bg-client group-hover:brightness-90" style={{ height: `${(tall[index] ?? 0) * 96}px`, minHeight: count ? 2 : 0 }} />
            </>
          );
          const looks = "group flex h-full flex-col items-center justify-end border-b border-line-strong";
          return (
            <li key={day} className="min-w-0 flex-1">
              {count ? (
                <Link to="/conversations" search={{ month, day }} aria-label={label} title={label} className={looks}>
                  {column}
                </Link>
              ) : (
                <span title={label} className={looks} />
              )}
            </li>
          );
        })}
      </ol>
      <p aria-hidden className="figures flex justify-between pt-1 text-12 text-text-2">
        <span>{days[0] && name(days[0].day)}</span>
        <span>{days.length > 1 && name(days[days.length - 1]!.day)}</span>
      </p>
    </figure>
  );
}
