import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";

import { ApiError } from "../../shared/api/http";
import { Button } from "../../shared/components/Button";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { useLanguage } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { breached, startLive } from "../desk/live";
import { announce, useDesk } from "../desk/store";
import { lastWarning, onNews, sync } from "../desk/sync";
import { has, meQuery, useMe } from "../session";
import { useWords } from "../words/load";
import { channelWord } from "../desk/channels";
import { Banner } from "./Banner";
import { useKeys } from "./keys";
import { useLooks } from "./looks";
import { Rail } from "./Rail";
import { chime } from "./sound";

const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));
const KeyList = lazy(() => import("./KeyList").then((module) => ({ default: module.KeyList })));

/** The frame of every page behind sign-in: places on the left, the page, what floats above. */
export function Shell() {
  const say = useWords();
  const { tv } = useSearch({ strict: false });
  const looks = useLooks();
  useLiveDesk();
  useNews();
  useBreaches();
  useMoves();
  return (
    <div className="flex h-dvh flex-col max-md:flex-col-reverse md:flex-row">
      <a href="#content" className="sr-only focus:not-sr-only">
        {say("shell.skip")}
      </a>
      {!tv && <Rail />}
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Banner />
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <Announcer />
      <Suspense>
        {looks.palette && <Palette />}
        {looks.keys && <KeyList />}
      </Suspense>
    </div>
  );
}

function useLiveDesk(): void {
  const client = useQueryClient();
  const me = useMe();
  const isStaff = has(me, "agent", "supervisor", "operator");
  const hasDesk = has(me, "agent", "supervisor");
  useEffect(() => {
    if (!isStaff) return;
    if (hasDesk) void sync();
    return startLive(client, me.id, hasDesk);
  }, [client, me.id, isStaff, hasDesk]);
  const navigate = useNavigate();
  const link = useDesk((state) => state.link);
  useEffect(() => {
    if (link !== "refused") return;
    client.removeQueries({ queryKey: meQuery.queryKey });
    void navigate({ to: "/sign-in", search: { to: location.pathname } });
  }, [link, client, navigate]);
}

function useNews(): void {
  const say = useWords();
  const language = useLanguage();
  useEffect(
    () =>
      onNews(({ offers, unread, warned, setBy }) => {
        if (setBy) {
          announce(say("desk.setBy", { name: setBy }));
          toast(say("desk.setBy", { name: setBy }));
        }
        if (offers.length) chime();
        for (const { tenant, channel, language: theirs } of offers) {
          const values = { client: tenant.name, channel: channelWord(channel, say), language: languageName(theirs, language) };
          announce(say("desk.newOffer", values));
        }
        for (const work of warned) {
          const values = { customer: work.customer_name || work.case_number };
          toast(say(`desk.warned.${lastWarning(work) > 2 ? "breach" : lastWarning(work) > 1 ? "nearly" : "at_risk"}`, values));
        }
        for (const work of unread) announce(say("desk.newMessage", { customer: work.customer_name || work.case_number }));
      }),
    [say, language],
  );
}

/** A broken promise, to who leads; one toast with the way to it. */
function useBreaches(): void {
  const say = useWords();
  const navigate = useNavigate();
  useEffect(() => {
    const hear = (event: Event) => {
      const params = (event as CustomEvent<{ tenant: string; conversation: string }>).detail;
      toast(say("desk.broken"), { act: { label: say("desk.look"), run: () => void navigate({ to: "/c/$tenant/$conversation", params }) } });
    };
    breached.addEventListener("breach", hear);
    return () => breached.removeEventListener("breach", hear);
  }, [say, navigate]);
}

function useMoves(): void {
  const navigate = useNavigate();
  const me = useMe();
  useKeys({
    "mod+k": () => useLooks.setState(({ palette }) => ({ palette: !palette })),
    "?": () => useLooks.setState({ keys: true }),
    "/": () => void navigate({ to: "/search", search: {} }),
    "g d": () => void navigate({ to: "/" }),
    ...(has(me, "supervisor", "operator") && {
      "g f": () => void navigate({ to: "/floor" }),
      "g t": () => void navigate({ to: "/finished" }),
      "g p": () => void navigate({ to: "/planning", search: {} }),
    }),
    ...(has(me, "agent", "supervisor") && { "g m": () => void navigate({ to: "/mentions" }) }),
    ...(has(me, "agent", "supervisor") && { "g s": () => void navigate({ to: "/evaluations" }) }),
  });
}

function Announcer() {
  const said = useDesk((state) => state.said);
  return (
    <div role="status" aria-live="polite" className="sr-only">
      <span key={said.id}>{said.text}</span>
    </div>
  );
}

export function Starting() {
  return (
    <div className="w-72">
      <Skeleton rows={8} />
    </div>
  );
}

export function Lost() {
  const say = useWords();
  const back = (
    <Link to="/">
      <Button kind="primary">{say("shell.toDesk")}</Button>
    </Link>
  );
  return <Notice icon="search" title={say("shell.notFound")} text={say("shell.notFoundText")} act={back} />;
}

export function Broken({ error }: { error: unknown }) {
  const say = useWords();
  if (error instanceof ApiError) return <Failure error={error} retry={() => location.reload()} />;
  const again = <Button onClick={() => location.reload()}>{say("shell.reload")}</Button>;
  return <Notice icon="warn" title={say("shell.broken")} text={say("shell.brokenText")} act={again} />;
}
