import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { useShared } from "../../shared/i18n/use";
import type { Arithmetic as Steps } from "../api";
import { asDuration } from "../figures";
import { nameReason } from "../reasons";
import { useShop } from "../session";
import { useLocale } from "../locale";
import { useWords, type Key } from "../words/load";

/** The sum, step by step, as a person would check it by hand; then the verdict. */
export function Arithmetic({ data }: { data: Steps }) {
  const say = useWords();
  const shared = useShared();
  const language = useLocale();
  const zone = useShop().time_zone;
  const time = (iso: string) =>
    new Date(iso).toLocaleString(language, { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone });
  const day = (date: string) => new Date(`${date}T12:00:00Z`).toLocaleDateString(language, { day: "numeric", month: "short", timeZone: "UTC" });
  return (
    <div className="mt-3 rounded border border-line bg-surface-2 p-3" role="status">
      <table className="figures w-full text-13">
        <caption className="pb-2 text-left font-semibold">{say("case.arithmetic")}</caption>
        <thead>
          <tr className="text-12 text-text-2">
            <th className="pb-1 text-left font-normal">{say("case.step")}</th>
            <th className="pb-1 text-right font-normal">{say("case.counted")}</th>
            <th className="pb-1 text-right font-normal">{say("case.sum")}</th>
          </tr>
        </thead>
        <tbody>
          {data.steps.map((step, index) => (
            <tr key={index} className="border-t border-line align-top">
              <td className="py-1.5 pr-2">
                {say(`event.${step.kind}` as Key)}
                {step.reason && `: ${nameReason(step.reason, shared)}`}
                <span className="block text-12 text-text-2">{time(step.at)}</span>
                {step.days.length > 1 && (
                  <span className="block text-12 text-text-2">
                    {say("case.by_day", { days: step.days.map((part) => `${day(part.day)} ${asDuration(part.seconds)}`).join(" + ") })}
                  </span>
                )}
              </td>
              <td className="py-1.5 text-right whitespace-nowrap">{step.counted_seconds ? `+ ${asDuration(step.counted_seconds)}` : ""}</td>
              <td className="py-1.5 pl-2 text-right whitespace-nowrap">{asDuration(step.elapsed_seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={cx("figures border-t border-line pt-2 text-right font-semibold", data.comparison === ">" && "text-risk")}>
        {say("case.verdict", {
          used: asDuration(data.elapsed_seconds),
          sign: data.comparison === ">" ? ">" : "≤",
          target: asDuration(data.target_seconds),
        })}
      </p>
      <p className={cx("flex items-center gap-2 pt-2 text-13", data.agrees ? "text-ok" : "text-risk")}>
        <Icon name={data.agrees ? "check" : "warn"} />
        {say(data.agrees ? "case.agrees" : "case.differs")}
      </p>
    </div>
  );
}
