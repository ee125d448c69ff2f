import { Icon } from "../../shared/components/Icon";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { asHour, asInstant } from "../../shared/time/words";
import { useWords } from "../words/load";

/** What the customer was promised instead of waiting in the chat: above all that was said, until it is done. */
export function Promised({ conversation }: { conversation: Conversation }) {
  const say = useWords();
  const language = useLanguage();
  const { promise, shop } = conversation;
  if (!promise || conversation.status === "closed") return null;
  const { kind, phone, email, starts_at, ends_at } = promise;
  const there = (at: string) => asHour(at, language, shop.time_zone);
  return (
    <p role="note" className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-line bg-warn-soft px-4 py-1.5 text-13">
      <Icon name={kind === "callback" ? "clock" : "mail"} size={14} className="text-warn" />
      {kind === "callback" && phone ? (
        <span>
          {say("talk.promised.call")}{" "}
          <a href={`tel:${phone}`} className="num font-semibold underline underline-offset-2">
            {phone}
          </a>
        </span>
      ) : (
        <span>
          {say("talk.promised.mail")} <span className="font-semibold break-all">{email}</span>
        </span>
      )}
      {starts_at && ends_at && (
        <span className="text-text-2">
          {asInstant(starts_at, language)} – {asHour(ends_at, language)}
          {there(starts_at) !== asHour(starts_at, language) &&
            ` (${say("talk.promised.there", { time: `${there(starts_at)} – ${there(ends_at)}`, zone: shop.time_zone })})`}
        </span>
      )}
    </p>
  );
}
