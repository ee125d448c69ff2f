import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Hour } from "../../shared/components/When";
import type { Conversation, Message } from "../../shared/model";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { Attachments } from "./Attachments";
import { Decision } from "./Decision";
import type { Block } from "./grouping";
import { MailBody } from "./MailBody";
import { RefusedFiles } from "./RefusedFiles";

interface Props {
  block: Extract<Block, { kind: "turn" }>;
  tenant: string;
  conversation: Conversation;
}

/** What one speaker said in one go. */
export function Turn({ block, tenant, conversation }: Props) {
  const first = block.messages[0]!;
  const isMail = block.side !== "note" && block.messages.some((message) => message.channel === "email");
  return (
    <article className={cx("flex flex-col gap-1", block.side === "out" ? "items-end" : "items-start")}>
      <header className="flex items-baseline gap-2 text-12 text-text-3">
        <SpeakerName message={first} conversation={conversation} />
        <Hour at={first.created_at} />
      </header>
      {block.messages.map((message) => (
        <Said key={message.id} message={message} tenant={tenant} conversation={conversation.id} isMail={isMail} />
      ))}
    </article>
  );
}

function SpeakerName({ message, conversation }: { message: Message; conversation: Conversation }) {
  const say = useWords();
  const me = useMe();
  const person = message.person_name;
  const isMe = person === me.name;
  if (message.direction === "note")
    return (
      <span className="flex items-center gap-1 font-medium text-text-2">
        <Icon name="note" size={12} />
        {isMe ? say("talk.myNote") : say("talk.noteBy", { name: person ?? message.alias })}
      </span>
    );
  if (message.author === "system") return <span className="font-medium text-text-2">{say("talk.automatic")}</span>;
  if (message.direction === "in")
    return <span className="font-medium text-text-1">{conversation.customer.name || say("talk.customer")}</span>;
  return (
    <span className="font-medium text-text-1">
      {message.alias || person}
      {(isMe || (person && person !== message.alias)) && (
        <span className="font-normal text-text-3"> · {isMe ? say("talk.you") : person}</span>
      )}
    </span>
  );
}

const GROUNDS: Record<string, string> = {
  in: "bg-surface-3",
  out: "said-out",
  note: "bg-paper border border-paper-line",
};

function Said({ message, tenant, conversation, isMail }: { message: Message; tenant: string; conversation: string; isMail: boolean }) {
  const isWide = isMail && Boolean(message.html);
  return (
    <div className={cx("flex min-w-0 flex-col gap-1", message.direction === "out" && "items-end", isWide ? "w-full" : "max-w-[min(68ch,92%)]")}>
      <div className={cx("min-w-0 max-w-full rounded px-3 py-2 text-15", GROUNDS[message.direction], isWide && "w-full")}>
        {isMail && <MailHead message={message} />}
        {message.html && isMail ? (
          <MailBody message={message} />
        ) : (
          message.text && (
            <p className="break-words whitespace-pre-wrap">
              <Named message={message} />
            </p>
          )
        )}
        <Attachments tenant={tenant} files={message.attachments} />
        <RefusedFiles files={message.headers.refused_files ?? []} />
      </div>
      <CardsRemoved message={message} />
      {message.direction === "out" && <DeliveryWords message={message} />}
      {message.direction === "out" && BAD.includes(message.delivery) && <Decision message={message} tenant={tenant} conversation={conversation} />}
    </div>
  );
}

/** The text of a note, with the colleagues that it names set off. */
function Named({ message }: { message: Message }) {
  const named = (message.event as { mentions?: { name: string }[] }).mentions ?? [];
  if (message.direction !== "note" || named.length === 0) return message.text;
  const marks = named.map(({ name }) => `@${name}`);
  const pattern = new RegExp(`(${marks.map((mark) => mark.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`);
  return message.text.split(pattern).map((part, place) => (marks.includes(part) ? <strong key={place} className="font-semibold">{part}</strong> : part));
}

function MailHead({ message }: { message: Message }) {
  const say = useWords();
  const { subject, to, cc, from } = message.headers;
  if (!subject && !to && !cc && !from) return null;
  return (
    <dl className="mb-2 grid grid-cols-[auto_1fr] gap-x-2 border-b border-line pb-1.5 text-12 text-text-2">
      {message.direction === "in" && from && <dd className="col-span-2 truncate">{from}</dd>}
      {message.direction === "out" && to && (
        <>
          <dt className="text-text-3">{say("talk.to")}</dt>
          <dd className="truncate">{[to].flat().join(", ")}</dd>
        </>
      )}
      {message.direction === "out" && cc && (
        <>
          <dt className="text-text-3">{say("writing.cc")}</dt>
          <dd className="truncate">{cc}</dd>
        </>
      )}
      {subject && (
        <>
          <dt className="text-text-3">{say("talk.subject")}</dt>
          <dd className="truncate font-medium text-text-1">{subject}</dd>
        </>
      )}
    </dl>
  );
}

/** A card number does not reach the records; whoever reads the message is told that something is missing. */
function CardsRemoved({ message }: { message: Message }) {
  const say = useWords();
  if (!message.cards_removed) return null;
  return (
    <span className="flex items-center gap-1 text-12 text-text-2">
      <Icon name="card" size={12} className="text-text-3" />
      {say("talk.cardsRemoved", { count: message.cards_removed })}
    </span>
  );
}

const BAD = ["failed", "unknown"];

/** How far a message got, in words; what went wrong says why. */
function DeliveryWords({ message }: { message: Message }) {
  const say = useWords();
  const isBad = BAD.includes(message.delivery);
  if (message.delivery === "received") return null;
  return (
    <span className={cx("flex items-center gap-1 text-12", isBad ? "text-risk" : "text-text-3")}>
      {isBad && <Icon name="warn" size={12} />}
      {say(`talk.delivery.${message.delivery}`)}
      {isBad && message.delivery_error && <span className="text-text-2">· {message.delivery_error}</span>}
    </span>
  );
}
