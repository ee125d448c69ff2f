import { localeOf } from "../shared/time/locale";
import type { ComponentChildren } from "preact";

import type { Said, SaidFile } from "./contract";
import { Icon } from "./icons";
import type { Language } from "./language";
import { nameSize } from "./limits";
import type { Item, Pending } from "./thread";
import type { Key, Say } from "./words";

interface Props {
  items: Item[];
  language: Language;
  say: Say;
  shopName: string;
  onRetry: (clientKey: string) => void;
  onEdit: (own: Pending) => void;
  onDownload: (file: SaidFile) => void;
}

export function Messages({ items, language, say, shopName, onRetry, onEdit, onDownload }: Props) {
  const lastOwn = items.findLastIndex((item) => item.kind === "pending" || item.said.author === "shopper");
  return (
    <ol class="messages">
      {items.map((item, index) => {
        const starts = speaker(items[index - 1]) !== speaker(item) || isNewDay(items[index - 1], item);
        return [
          isNewDay(items[index - 1], item) && (
            <li key={`day-${item.key}`} class="day">
              <time dateTime={at(item)}>{nameDay(at(item), language)}</time>
            </li>
          ),
          item.kind === "said" ? (
            <SaidMessage
              key={item.key}
              {...{ language, say, shopName, onDownload, starts }}
              said={item.said}
              showsState={index === lastOwn}
            />
          ) : (
            <OwnMessage key={item.key} {...{ language, say, onRetry, onEdit, starts }} own={item.pending} />
          ),
        ];
      })}
    </ol>
  );
}

type SaidProps = Pick<Props, "language" | "say" | "shopName" | "onDownload"> & {
  said: Said;
  starts: boolean;
  showsState: boolean;
};

function SaidMessage({ said, language, say, shopName, onDownload, starts, showsState }: SaidProps) {
  const isOwn = said.author === "shopper";
  const name = said.author === "system" ? `${said.alias || shopName} · ${say("automatic")}` : said.alias || shopName;
  return (
    <li class={`message ${isOwn ? "own" : said.author}${starts ? " starts" : ""}`}>
      {starts && (isOwn ? <span class="hidden">{say("you")}</span> : <span class="name">{name}</span>)}
      {said.text && <p class="bubble">{linkify(said.text)}</p>}
      {said.attachments.map((file) => (
        <button key={file.id} type="button" class="file" onClick={() => onDownload(file)}>
          <Icon name="file" />
          <span class="file-name">{file.name}</span>
          <span class="quiet">{nameSize(file.size, language)}</span>
        </button>
      ))}
      {said.cards_removed > 0 && <span class="meta">{say("card_removed")}</span>}
      <span class="meta">
        <time dateTime={said.created_at}>{nameTime(said.created_at, language)}</time>
        {isOwn && showsState && <> · {say(deliveryKey(said.delivery))}</>}
      </span>
    </li>
  );
}

type OwnProps = Pick<Props, "language" | "say" | "onRetry" | "onEdit"> & { own: Pending; starts: boolean };

function OwnMessage({ own, language, say, onRetry, onEdit, starts }: OwnProps) {
  const failed = own.state === "failed";
  return (
    <li class={`message own pending${starts ? " starts" : ""}${failed ? " failed" : ""}`}>
      {starts && <span class="hidden">{say("you")}</span>}
      {own.text && <p class="bubble">{linkify(own.text)}</p>}
      {own.files.map((file) => (
        <span key={file.name} class="file">
          <Icon name="file" />
          <span class="file-name">{file.name}</span>
          <span class="quiet">{nameSize(file.size, language)}</span>
        </span>
      ))}
      {failed ? (
        <span class="meta problem" role="alert">
          <span>{say((own.problem ?? "not_sent") as Key)}</span>
          <button type="button" class="link" onClick={() => onRetry(own.clientKey)}>
            {say("retry")}
          </button>
          <button type="button" class="link" onClick={() => onEdit(own)}>
            {say("edit")}
          </button>
        </span>
      ) : (
        <span class="meta">{say(own.state === "waiting" ? "waiting_network" : own.seq ? "sent" : "sending")}</span>
      )}
    </li>
  );
}

function at(item: Item): string {
  return item.kind === "said" ? item.said.created_at : item.pending.at;
}

function speaker(item: Item | undefined): string {
  if (!item) return "";
  if (item.kind === "pending") return "shopper";
  return item.said.author === "shopper" ? "shopper" : `${item.said.author} ${item.said.alias}`;
}

function isNewDay(before: Item | undefined, item: Item): boolean {
  return !before || new Date(at(before)).toDateString() !== new Date(at(item)).toDateString();
}

function nameDay(iso: string, language: Language): string {
  const days = Math.round((new Date(iso).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  if (days >= -1) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  return new Date(iso).toLocaleDateString(localeOf(language), { weekday: "long", day: "numeric", month: "long" });
}

function nameTime(iso: string, language: Language): string {
  return new Date(iso).toLocaleTimeString(localeOf(language), { hour: "2-digit", minute: "2-digit" });
}

function deliveryKey(delivery: string): Key {
  return delivery === "read" ? "read" : delivery === "delivered" ? "delivered" : "sent";
}

/** Web addresses become links; everything else stays text. */
function linkify(text: string): ComponentChildren[] {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/g).map((part, index) =>
    index % 2 ? (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
