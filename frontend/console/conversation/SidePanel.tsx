import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { IconButton } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { Conversation } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asDay, asHour, languageName } from "../../shared/time/words";
import { Beside } from "../customers/Beside";
import { channelWord, wordOr } from "../desk/channels";
import { ConversationTags } from "../finding/ConversationTags";
import { ClientSays } from "../playbook/ClientSays";
import { has, useMe } from "../session";
import { useWords } from "../words/load";
import { Related } from "./Related";
import { whyWords } from "./why";

interface Props {
  tenant: string;
  conversation: Conversation;
  isShown: boolean;
  onHide: () => void;
}

/** Who, what happened before, the shop's own words, and why this came to this agent. */
export function SidePanel({ tenant, conversation, isShown, onHide }: Props) {
  const say = useWords();
  return (
    <aside
      aria-label={say("talk.details")}
      className={cx(
        "min-h-0 shrink-0 overflow-y-auto border-l border-line bg-surface-2 lg:block lg:w-72 xl:w-80",
        isShown ? "w-full" : "hidden",
      )}
    >
      <div className="flex h-10 items-center px-2 lg:hidden">
        <IconButton label={say("talk.back")} onClick={onHide}>
          <Icon name="left" />
        </IconButton>
      </div>
      <CustomerCard tenant={tenant} conversation={conversation} />
      <EarlierCard tenant={tenant} conversation={conversation} />
      <Card name="related" title={say("related.title")}>
        <Related tenant={tenant} conversation={conversation} />
      </Card>
      <MatterCard tenant={tenant} conversation={conversation} />
      <ShopCard conversation={conversation} />
      <ClientSays tenant={tenant} conversation={conversation} />
      <WhyCard conversation={conversation} />
    </aside>
  );
}

/** A card that folds, and remembers that it was folded. */
export function Card({ name, title, isFolded, children }: { name: string; title: string; isFolded?: boolean; children: ReactNode }) {
  const key = `centralita.fold.${name}`;
  const [open, setOpen] = useState(() => (localStorage.getItem(key) ?? (isFolded ? "1" : "")) !== "1");
  const toggle = () => {
    localStorage.setItem(key, open ? "1" : "");
    setOpen(!open);
  };
  return (
    <section className="border-b border-line">
      <h2>
        <button type="button" aria-expanded={open} onClick={toggle} className="flex h-9 w-full items-center gap-1.5 px-4 text-left text-12 font-semibold text-text-2 hover:text-text-1">
          {title}
          <Icon name={open ? "down" : "right"} size={12} className="ml-auto text-text-3" />
        </button>
      </h2>
      {open && <div className="px-4 pb-3">{children}</div>}
    </section>
  );
}

export function Rows({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[6.5rem_1fr] gap-x-2 gap-y-1">{children}</dl>;
}

export function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-text-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function CustomerCard({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const me = useMe();
  const language = useLanguage();
  const { customer } = conversation;
  const kinds = ["email", "phone", "webchat", "form", "relay"] as const;
  return (
    <Card name="customer" title={say("talk.cards.customer")}>
      <p className="text-15 font-semibold">{customer.name || say("talk.noName")}</p>
      <p className="mb-2 text-12 text-text-2">{say("talk.since", { date: asDay(customer.since, language, Date.now()) })}</p>
      <Rows>
        {customer.identities.filter((identity) => identity.kind !== "webchat").map((identity) => (
          <Row key={identity.kind + identity.address} name={wordOr(kinds, identity.kind, (kind) => say(`talk.identities.${kind}`))}>
            {identity.address}{" "}
            <span className={cx("text-12", identity.verified ? "text-ok" : "text-text-3")}>{say(identity.verified ? "talk.verified" : "talk.unverified")}</span>
          </Row>
        ))}
        <Row name={say("talk.speaks")}>{languageName(customer.language || conversation.language, language)}</Row>
      </Rows>
      <Beside key={customer.id} tenant={tenant} conversation={conversation} />
      {has(me, "supervisor", "operator") && (
        <Link to="/customers" search={{ tenant, customer: customer.id }} className="mt-2 inline-flex items-center gap-1 text-12 text-text-2 underline underline-offset-2 hover:text-text-1">
          {say("rights.open")}
        </Link>
      )}
    </Card>
  );
}

function EarlierCard({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const earlier = conversation.customer.conversations.filter((each) => each.id !== conversation.id);
  return (
    <Card name="earlier" title={`${say("talk.cards.earlier")}${earlier.length ? ` · ${earlier.length}` : ""}`}>
      {earlier.length === 0 && <p className="text-text-2">{say("talk.noEarlier")}</p>}
      <ul className="-mx-2">
        {earlier.map((each) => (
          <li key={each.id}>
            <Link to="/c/$tenant/$conversation" params={{ tenant, conversation: each.id }} className="flex h-8 items-center gap-2 rounded-sm px-2 hover:bg-surface-3">
              <Icon name={channelIcon(each.channel)} size={13} className="text-text-3" />
              <span className="min-w-0 flex-1 truncate">{each.subject || each.case_number}</span>
              <span className="shrink-0 text-12 text-text-3">
                {each.status !== "closed" && `${say(`talk.status.${each.status}`)} · `}
                <When at={each.opened_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function MatterCard({ tenant, conversation }: { tenant: string; conversation: Conversation }) {
  const say = useWords();
  const me = useMe();
  const mayTag = has(me, "supervisor") || conversation.work?.state === "active";
  return (
    <Card name="matter" title={say("talk.cards.matter")}>
      <Rows>
        <Row name={say("talk.opened")}>
          <When at={conversation.opened_at} />
        </Row>
        <Row name={say("talk.channel")}>{channelWord(conversation.channel, say)}</Row>
        {conversation.category && <Row name={say("talk.category")}>{conversation.category}</Row>}
        {conversation.order_number && <Row name={say("talk.order")}>{conversation.order_number}</Row>}
        {conversation.priority !== "normal" && <Row name={say("talk.priority")}>{conversation.priority}</Row>}
        <Row name={say("finding.tags")}>
          <ConversationTags tenant={tenant} conversation={conversation} mayChange={mayTag} />
        </Row>
      </Rows>
    </Card>
  );
}

function ShopCard({ conversation }: { conversation: Conversation }) {
  const say = useWords();
  const language = useLanguage();
  const { shop } = conversation;
  const now = useNow();
  const place = shop.time_zone.split("/").pop()?.replace("_", " ");
  return (
    <Card name="shop" title={say("talk.cards.shop", { name: shop.name })}>
      <p className="mb-2 whitespace-pre-line">{shop.tone || <span className="text-text-2">{say("talk.noTone")}</span>}</p>
      <Rows>
        <Row name={say("talk.localTime")}>
          <time>{asHour(now, language, shop.time_zone)}</time> <span className="text-text-3">{place}</span>
        </Row>
        {shop.open_now !== null && (
          <Row name={say(shop.open_now ? "talk.openNow" : "talk.closedNow")}>
            {shop.next_change && <time>{say("talk.until", { time: asHour(shop.next_change, language, shop.time_zone) })}</time>}
          </Row>
        )}
        <Row name={say("talk.languages")}>{shop.languages.map((code) => languageName(code, language)).join(", ")}</Row>
      </Rows>
    </Card>
  );
}

function WhyCard({ conversation }: { conversation: Conversation }) {
  const say = useWords();
  if (!conversation.work) return null;
  const why = whyWords(conversation.work.reason, say);
  return (
    <Card name="why" title={say("talk.cards.why")}>
      <p className="text-text-2">{why.join(" ") || say("talk.noReason")}</p>
    </Card>
  );
}
