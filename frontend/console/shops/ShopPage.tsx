import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { ShopSettings } from "../../shared/model";
import { useNow } from "../../shared/time/now";
import { asAgo, asDay, languageName } from "../../shared/time/words";
import { Row, Rows } from "../conversation/SidePanel";
import { saveLookLarge } from "../customers/looks";
import { channelWord } from "../desk/channels";
import { useWords } from "../words/load";
import * as api from "./api";
import { Embedding } from "./Embedding";
import { End } from "./End";
import { Logo } from "./Logo";
import { Peeks } from "./Peeks";
import { Queues } from "./Queues";

const route = getRouteApi("/inside/shops/$tenant");
const LOOK_AGAIN_MS = 3000;

/** One client as it is set up, and the way out. */
export function ShopPage() {
  const say = useWords();
  const { tenant } = route.useParams();
  const query = useQuery({
    queryKey: ["shops", tenant],
    queryFn: () => api.shop(tenant),
    staleTime: 0,
    // The browser saves an archive by itself: that it is made is seen by asking.
    refetchInterval: ({ state }) => (state.data?.status === "suspended" && !state.data.is_exported ? LOOK_AGAIN_MS : false),
  });
  const back = (
    <Link to="/shops" className={saveLookLarge}>
      <Icon name="left" size={14} />
      {say("shops.back")}
    </Link>
  );
  return (
    <Page title={query.data?.name ?? say("shops.title")} detail={query.data && query.data.status !== "active" && say(`shops.states.${query.data.status}`)} acts={back}>
      <Asked query={query}>
        {(shop) => (
          <div className="flex flex-col gap-8">
            <About shop={shop} />
            <Part title={say("shops.contract.open")} text={say("shops.contract.openText")}>
              <Link to="/shops/$tenant/contract" params={{ tenant }} className={saveLookLarge}>
                <Icon name="form" size={14} />
                {say("shops.contract.open")}
              </Link>
            </Part>
            {shop.status !== "deleted" && <Logo shop={shop} />}
            <Part title={say("shops.reports.open")} text={say("shops.reports.openText")}>
              <Link to="/shops/$tenant/reports" params={{ tenant }} className={saveLookLarge}>
                <Icon name="file" size={14} />
                {say("shops.reports.open")}
              </Link>
            </Part>
            <Lines shop={shop} />
            {shop.status !== "deleted" && <Queues shop={shop} />}
            {shop.status !== "deleted" && <Embedding key={shop.embedding_origins.join()} shop={shop} />}
            {shop.status !== "deleted" && <Peeks shop={shop} />}
            <End shop={shop} />
          </div>
        )}
      </Asked>
    </Page>
  );
}

export function Part({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="text-13 font-semibold">{title}</h2>
      {text && <p className="max-w-[68ch] text-12 text-text-2">{text}</p>}
      <div className="pt-2">{children}</div>
    </section>
  );
}

function About({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const language = useLanguage();
  const countries = new Intl.DisplayNames([language], { type: "region" });
  return (
    <Part title={say("shops.about")}>
      <Rows>
        <Row name={say("shops.client")}>
          <span className="inline-flex items-center gap-2">
            <ClientTile client={shop} />
            {shop.slug}
          </span>
        </Row>
        {shop.status === "active" && (
          <Row name={say("shops.page")}>
            <a href={shop.url} target="_blank" rel="noopener" className="break-all underline underline-offset-2">
              {shop.url}
            </a>
          </Row>
        )}
        {shop.legal_name && <Row name={say("shops.legalName")}>{shop.legal_name}</Row>}
        <Row name={say("shops.country")}>{countries.of(shop.country)}</Row>
        <Row name={say("shops.languages")}>{shop.languages.map((code) => languageName(code, language)).join(", ")}</Row>
        <Row name={say("shops.timeZone")}>{shop.time_zone}</Row>
        <Row name={say("shops.currency")}>{shop.currency}</Row>
        <Row name={say("shops.since")}>{asDay(shop.created_at, language, Date.now())}</Row>
      </Rows>
    </Part>
  );
}

function Lines({ shop }: { shop: ShopSettings }) {
  const say = useWords();
  const columns = [
    { name: say("shops.channel") },
    { name: say("shops.address") },
    { name: say("shops.state") },
    { name: say("shops.lastCame"), hideOnPhone: true },
    { name: say("shops.mailbox"), hideOnPhone: true },
  ];
  return (
    <Part title={say("shops.lines")} text={say("shops.linesText")}>
      {shop.lines.length === 0 && <Notice small icon="wifi_off" title={say("shops.noLines")} />}
      {shop.lines.length > 0 && (
        <Table columns={columns} label={say("shops.lines")}>
          {shop.lines.map((line) => (
            <Line key={line.id}>
              <Cell>
                <span className="flex items-center gap-1.5">
                  <Icon name={channelIcon(line.carrier)} size={13} className="text-text-3" />
                  {channelWord(line.carrier, say)}
                </span>
              </Cell>
              <Cell className="break-all">{line.address}</Cell>
              <Cell className="text-text-2">
                {say(line.is_active && shop.status === "active" ? "shops.open" : "shops.shut")}
                {line.mailbox?.is_failing && <span className="font-medium text-risk md:hidden"> · {say("shops.failing")}</span>}
              </Cell>
              <Cell hideOnPhone className="text-text-2">{line.last_came_at ? <When at={line.last_came_at} /> : say("shops.never")}</Cell>
              <Cell hideOnPhone className="text-text-2">
                <Fetched line={line} />
              </Cell>
            </Line>
          ))}
        </Table>
      )}
    </Part>
  );
}

function Fetched({ line: { carrier, mailbox } }: { line: ShopSettings["lines"][number] }) {
  const say = useWords();
  const language = useLanguage();
  const now = useNow();
  if (!mailbox) return carrier === "email" ? say("shops.pushed") : null;
  const looked = mailbox.polled_at ? say("shops.polled", { when: asAgo(mailbox.polled_at, language, now) }) : say("shops.notPolled");
  return (
    <>
      {mailbox.username} · {mailbox.host} · {looked}
      {mailbox.is_failing && <span className="block font-medium text-risk">{say("shops.failing")}</span>}
    </>
  );
}
