import { Button, IconButton } from "../../shared/components/Button";
import { Ring } from "../../shared/components/ClockFace";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { useLanguage } from "../../shared/i18n/use";
import type { Work } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asTimer, languageName } from "../../shared/time/words";
import { useWords } from "../words/load";
import { useDeskActions } from "./actions";
import { channelWord } from "./channels";

export function Offers({ offers }: { offers: Work[] }) {
  if (offers.length === 0) return null;
  return (
    <ul className="flex shrink-0 flex-col">
      {offers.map((offer, place) => (
        <OfferCard key={offer.id} offer={offer} isFirst={place === 0} />
      ))}
    </ul>
  );
}

function OfferCard({ offer, isFirst }: { offer: Work; isFirst: boolean }) {
  const say = useWords();
  const language = useLanguage();
  const act = useDeskActions();
  const now = useNow();
  const ends = offer.offer_expires_at ? Date.parse(offer.offer_expires_at) : now;
  const made = offer.offered_at ? Date.parse(offer.offered_at) : ends - 15_000;
  const left = Math.max(0, (ends - now) / 1000);
  const used = Math.min(1, Math.max(0, 1 - (left * 1000) / Math.max(1, ends - made)));
  return (
    <li style={wearing(offer.tenant)} className="offer-in edge flex flex-col gap-2 border-b border-line bg-accent-soft py-2.5 pr-3 pl-4">
      <div className="flex items-center gap-2 text-12 text-text-2">
        <ClientTile client={offer.tenant} />
        <span className="truncate font-medium text-text-1">{offer.tenant.name}</span>
        <Icon name={channelIcon(offer.channel)} size={14} />
        <span>{channelWord(offer.channel, say)}</span>
        <span className="ml-auto font-medium text-text-1">{languageName(offer.language, language)}</span>
      </div>
      {(offer.customer_name || offer.preview) && (
        <p className="line-clamp-2 text-13 text-text-1">
          {offer.customer_name && <span className="font-medium">{offer.customer_name}: </span>}
          {offer.preview || offer.subject}
        </p>
      )}
      <div className="flex items-center gap-2">
        <Button kind="primary" onClick={() => void act.accept(offer)} keys={isFirst ? "⏎" : undefined}>
          {say("desk.accept")}
        </Button>
        <span className="num flex items-center gap-1.5 text-12 text-text-2" title={say("desk.offerLeft", { seconds: Math.round(left) })}>
          <Ring used={used} size={16} className={left < 5 ? "text-risk" : "text-accent"} />
          {asTimer(left)}
        </span>
        <IconButton label={say("desk.decline")} className="ml-auto" onClick={() => void act.decline(offer)}>
          <Icon name="close" size={14} />
        </IconButton>
      </div>
    </li>
  );
}
