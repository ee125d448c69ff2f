import { useLanguage } from "../i18n/use";
import { useNow } from "../time/now";
import { asAgo, asHour, asInstant } from "../time/words";

/** Relative, with the absolute on hover, in the reader's zone. */
export function When({ at, className }: { at: string; className?: string }) {
  const language = useLanguage();
  const now = useNow();
  return (
    <time dateTime={at} title={asInstant(at, language)} className={className}>
      {asAgo(at, language, now)}
    </time>
  );
}

export function Hour({ at, zone, className }: { at: string; zone?: string; className?: string }) {
  const language = useLanguage();
  return (
    <time dateTime={at} title={asInstant(at, language, zone)} className={className}>
      {asHour(at, language, zone)}
    </time>
  );
}
