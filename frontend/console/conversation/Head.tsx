import { Link } from "@tanstack/react-router";

import { Button, IconButton } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { ClockRing } from "../../shared/components/ClockRing";
import { cx } from "../../shared/components/cx";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Menu, MenuItem } from "../../shared/components/Menu";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { languageName } from "../../shared/time/words";
import { HeadMarks } from "../customers/Marks";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";

interface Props {
  conversation: Conversation;
  onPanel?: () => void;
  onTransfer?: () => void;
  onPutOff?: () => void;
  onAsk?: () => void;
  onNoReply?: () => void;
  onClose?: () => void;
}

/** Whose shop, whose matter, what was promised. */
export function Head({ conversation, onPanel, onTransfer, onPutOff, onAsk, onNoReply, onClose }: Props) {
  const say = useWords();
  const language = useLanguage();
  const { shop, customer } = conversation;
  return (
    <header className="edge flex shrink-0 flex-col justify-center gap-0.5 border-b border-line py-1.5 pr-2 pl-4">
      <div className="flex h-7 items-center gap-2">
        <Link to="/" aria-label={say("talk.back")} className="md:hidden">
          <Icon name="left" />
        </Link>
        <ClientTile client={shop} />
        <span className="shrink-0 font-semibold max-sm:hidden">{shop.name}</span>
        <span className="min-w-0 truncate">{customer.name || say("talk.noName")}</span>
        <HeadMarks customer={customer} />
        <span className="flex shrink-0 items-center gap-1 text-12 text-text-2 max-sm:hidden">
          <Icon name={channelIcon(conversation.channel)} size={13} />
          {channelWord(conversation.channel, say)} · {languageName(conversation.language, language)}
        </span>
        {conversation.status !== "open" && <Status status={conversation.status} />}
        <CaseNumber number={conversation.case_number} />
        {onTransfer && (
          <Menu
            label={say("talk.more")}
            trigger={
              <IconButton label={say("talk.more")}>
                <span aria-hidden className="text-15 leading-none">
                  ⋯
                </span>
              </IconButton>
            }
          >
            <MenuItem icon={<Icon name="move" />} onPick={onTransfer}>
              {say("talk.transfer")}
            </MenuItem>
            {onPutOff && (
              <MenuItem icon={<Icon name="clock" />} onPick={onPutOff}>
                {say("talk.putOff")}
              </MenuItem>
            )}
            {onAsk && (
              <MenuItem icon={<Icon name="help" />} onPick={onAsk} detail="A">
                {say("talk.ask.act")}
              </MenuItem>
            )}
            {onNoReply && (
              <MenuItem icon={<Icon name="chat" />} onPick={onNoReply} detail="Q">
                {say("talk.noReply")}
              </MenuItem>
            )}
            {onClose && (
              <MenuItem icon={<Icon name="check" />} onPick={onClose} detail="E">
                {say("talk.closeAct")}
              </MenuItem>
            )}
          </Menu>
        )}
        {onAsk && (
          <Button small className="max-lg:hidden" onClick={onAsk}>
            {say("talk.ask.act")}
          </Button>
        )}
        {onNoReply && (
          <Button small className="max-xl:hidden" onClick={onNoReply}>
            {say("talk.noReply")}
          </Button>
        )}
        {onPanel && (
          <IconButton label={say("talk.details")} className="lg:hidden" onClick={onPanel}>
            <Icon name="panel" />
          </IconButton>
        )}
      </div>
      {(conversation.clocks.length > 0 || conversation.subject) && (
        <div className="flex h-5 min-w-0 items-center gap-4">
          {standing(conversation.clocks).map((clock) => (
            <ClockRing key={clock.metric + clock.started_at} clock={clock} zone={shop.time_zone} />
          ))}
          {conversation.subject && <span className="min-w-0 truncate text-12 text-text-2">{conversation.subject}</span>}
        </div>
      )}
    </header>
  );
}

/** One that was promised anew, under other terms, shows as it is now. */
function standing(clocks: Conversation["clocks"]): Conversation["clocks"] {
  return clocks.filter((clock) => clock.state !== "voided" || !clocks.some((other) => other.metric === clock.metric && other.state !== "voided"));
}

export function Status({ status }: { status: Conversation["status"] }) {
  const say = useWords();
  return (
    <span
      className={cx(
        "flex shrink-0 items-center gap-1 rounded-sm px-1.5 text-12 leading-5",
        status === "open" ? "bg-ok-soft text-ok" : "bg-surface-3 text-text-2",
      )}
    >
      <Icon name={status === "open" ? "chat" : status === "closed" ? "check" : "pause"} size={12} />
      {say(`talk.status.${status}`)}
    </span>
  );
}

function CaseNumber({ number }: { number: string }) {
  const say = useWords();
  const copy = () => void navigator.clipboard?.writeText(number).then(() => toast(say("talk.copied")));
  return (
    <button type="button" title={say("talk.copyCase")} onClick={copy} className="num ml-auto shrink-0 rounded-sm px-1 text-12 text-text-2 hover:bg-surface-3">
      {number}
    </button>
  );
}
