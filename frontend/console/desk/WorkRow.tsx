import { Link } from "@tanstack/react-router";

import { IconButton } from "../../shared/components/Button";
import { pressing } from "../../shared/components/clock";
import { ClockFace } from "../../shared/components/ClockFace";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { channelIcon, Icon } from "../../shared/components/Icon";
import type { Work } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asTimer } from "../../shared/time/words";
import { useWords } from "../words/load";

interface Props {
  work: Work;
  isOpen: boolean;
  onFinish: () => void;
}

/** One conversation in hand: whose shop, who, what was said last, what presses. */
export function WorkRow({ work, isOpen, onFinish }: Props) {
  const say = useWords();
  const isUnread = work.unread > 0;
  return (
    <li style={wearing(work.tenant)} className={cx("edge relative border-b border-line", isOpen ? "bg-surface-4" : "hover:bg-surface-3")}>
      <Link
        to="/c/$tenant/$conversation"
        params={{ tenant: work.tenant.id, conversation: work.conversation }}
        aria-current={isOpen ? "page" : undefined}
        className="flex h-10 items-center gap-2 pr-2.5 pl-3.5 -outline-offset-2"
      >
        <ClientTile client={work.tenant} />
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-1.5 leading-4.5">
            <span className={cx("truncate", isUnread ? "font-semibold" : "font-medium")}>{work.customer_name || work.case_number}</span>
            <Icon name={channelIcon(work.channel)} size={12} className="text-text-3" />
            <span className="text-12 text-text-3 uppercase">{work.language}</span>
            <span className="ml-auto pl-1">{work.state === "wrap_up" ? <WrapUpLeft work={work} /> : <RowClock work={work} />}</span>
          </span>
          <span className="flex items-center gap-1.5 text-12 leading-4">
            <span className={cx("truncate", isUnread ? "text-text-1" : "text-text-3")}>{work.preview || work.subject || work.case_number}</span>
            {isUnread && (
              <span aria-label={say("desk.unread", { count: work.unread })} className="num ml-auto rounded-full bg-accent px-1.5 text-12 leading-4 text-on-accent">
                {work.unread}
              </span>
            )}
          </span>
        </span>
      </Link>
      {work.state === "wrap_up" && (
        <IconButton label={say("desk.finishWrapUp")} className="absolute right-1 bottom-0 size-5" onClick={onFinish}>
          <Icon name="check" size={14} />
        </IconButton>
      )}
    </li>
  );
}

function RowClock({ work }: { work: Work }) {
  const say = useWords();
  const clock = pressing(work.clocks);
  if (work.status === "waiting_customer" || work.status === "waiting_client") {
    const words = say(work.status === "waiting_client" ? "desk.waitingClient" : "desk.waitingCustomer");
    return (
      <span title={words} className="inline-flex items-center gap-0.5 text-12 text-text-3">
        <Icon name="pause" size={12} />
        <span className="sr-only">{words}</span>
      </span>
    );
  }
  return clock ? <ClockFace clock={clock} /> : null;
}

function WrapUpLeft({ work }: { work: Work }) {
  const say = useWords();
  const now = useNow();
  const left = work.wrap_up_ends_at ? (Date.parse(work.wrap_up_ends_at) - now) / 1000 : 0;
  return <span className="num text-12 text-text-2">{say("desk.wrapUpLeft", { time: asTimer(left) })}</span>;
}
