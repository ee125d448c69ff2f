import { Outlet, useParams } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { useNow } from "../../shared/time/now";
import type { AgentState, Work } from "../../shared/model";
import { useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import { FollowedList } from "../finding/FollowedList";
import { DeskViews } from "../finding/Views";
import { useDeskActions } from "./actions";
import { Offers } from "./Offers";
import { StateMenu } from "./StateMenu";
import { useDesk } from "./store";
import { sync } from "./sync";
import { WorkRow } from "./WorkRow";

/** My work on the left, the opened conversation beside it; on a phone one at a time. */
export function DeskPage() {
  const say = useWords();
  const { conversation } = useParams({ strict: false });
  return (
    <>
      <section
        className={cx(
          "flex min-h-0 w-full shrink-0 flex-col border-r border-line bg-surface-2 md:w-68 lg:w-72",
          conversation && "max-md:hidden",
        )}
      >
        <h1 className="sr-only">{say("desk.title")}</h1>
        <MyWork />
      </section>
      <div className={cx("flex min-h-0 min-w-0 flex-1 bg-surface-1", !conversation && "max-md:hidden")}>
        {conversation ? <Outlet /> : <NothingOpen />}
      </div>
    </>
  );
}

const NEVER_SET: AgentState = { status: "offline", reason: "", reason_name: "", set_by: null, since: "", load: 0, capacity: 0, channels: [] };

function NothingOpen() {
  const say = useWords();
  return (
    <div className="m-auto">
      <Notice icon="chat" title={say("desk.choose")} text={say("desk.chooseText")} />
    </div>
  );
}

function MyWork() {
  const say = useWords();
  const { conversation } = useParams({ strict: false });
  const { desk, error } = useDesk();
  const act = useDeskActions();
  const now = useNow();
  const offers = (desk?.offers ?? []).filter((offer) => !offer.offer_expires_at || Date.parse(offer.offer_expires_at) > now);
  const list = [...(desk?.active ?? []), ...(desk?.wrap_up ?? [])];
  useDeskKeys(offers, list, conversation);
  if (!desk) return error ? <Failure error={error} retry={() => void sync()} small /> : <Skeleton rows={8} />;
  return (
    <>
      <StateMenu state={desk.state ?? NEVER_SET} />
      <Offers offers={offers} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <ul>
          {list.map((work) => (
            <WorkRow key={work.id} work={work} isOpen={work.conversation === conversation} onFinish={() => void act.finishWrapUp(work)} />
          ))}
        </ul>
        {list.length === 0 && offers.length === 0 && <NoWork status={desk.state?.status ?? "offline"} onGo={() => void act.setState("available")} />}
      </div>
      <FollowedList />
      <DeskViews />
      <footer className="flex items-center gap-3 border-t border-line px-3 py-2 text-12 text-text-2">
        <span className="num flex-1 truncate">
          {say("desk.doneToday", { count: desk.done_today })}
          {desk.waiting_for_me > 0 && ` · ${say("desk.waitingForMe", { count: desk.waiting_for_me })}`}
        </span>
        <Button small onClick={() => void act.next()} keys={conversation ? "⇧N" : "N"}>
          {say("desk.next")}
        </Button>
      </footer>
    </>
  );
}

function NoWork({ status, onGo }: { status: string; onGo: () => void }) {
  const say = useWords();
  if (status === "available") return <Notice icon="check" title={say("desk.emptyAvailable")} text={say("desk.emptyAvailableText")} small />;
  const go = (
    <Button kind="primary" onClick={onGo}>
      {say("desk.goAvailable")}
    </Button>
  );
  return <Notice icon="pause" title={say("desk.emptyAway")} text={say("desk.emptyAwayText")} act={go} small />;
}

function useDeskKeys(offers: Work[], list: Work[], conversation: string | undefined): void {
  const act = useDeskActions();
  const step = (by: number) => () => {
    const at = list.findIndex((work) => work.conversation === conversation);
    const next = list[at < 0 ? 0 : (at + by + list.length) % list.length];
    if (next) void act.open(next);
  };
  const first = offers[0];
  useKeys({
    ...(first && { enter: () => void act.accept(first), x: () => void act.decline(first) }),
    ...(!conversation && { n: () => void act.next() }),
    "shift+n": () => void act.next(),
    j: step(1),
    k: step(-1),
  });
}
