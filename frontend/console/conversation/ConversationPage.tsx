import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";

import { wearing } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Asked } from "../../shared/components/States";
import type { Thread } from "../../shared/model";
import { read } from "../api";
import { watch } from "../desk/live";
import { inHand, useDesk } from "../desk/store";
import { has, useMe } from "../session";
import { useKeys } from "../shell/keys";
import { AskedClient } from "./AskedClient";
import { Composer } from "./Composer";
import { Head } from "./Head";
import { owesNext } from "./owing";
import { useMentionsSeen } from "../desk/mentions";
import { Messages } from "./Messages";
import { Promised } from "./Promised";
import { SidePanel } from "./SidePanel";
import { grow, useThread } from "./thread";

const AskClientDialog = lazy(() => import("./AskClientDialog").then((module) => ({ default: module.AskClientDialog })));
const CloseDialog = lazy(() => import("./CloseDialog").then((module) => ({ default: module.CloseDialog })));
const NoReplyDialog = lazy(() => import("./NoReplyDialog").then((module) => ({ default: module.NoReplyDialog })));
const PutOffDialog = lazy(() => import("./PutOffDialog").then((module) => ({ default: module.PutOffDialog })));
const TransferDialog = lazy(() => import("./TransferDialog").then((module) => ({ default: module.TransferDialog })));

const route = getRouteApi("/inside/desk/c/$tenant/$conversation");

export function ConversationPage() {
  const { tenant, conversation } = route.useParams();
  const query = useThread(tenant, conversation);
  const client = useQueryClient();
  useEffect(() => {
    const unwatch = watch(tenant, conversation);
    void grow(client, tenant, conversation);
    return unwatch;
  }, [client, tenant, conversation]);
  return (
    <div className="flex min-w-0 flex-1">
      <Asked query={query} rows={10}>
        {(thread) => <Opened key={conversation} tenant={tenant} thread={thread} />}
      </Asked>
    </div>
  );
}

function Opened({ tenant, thread }: { tenant: string; thread: Thread }) {
  const { conversation, messages } = thread;
  const work = useDesk((state) => inHand(state.desk, conversation.id));
  const [asking, setAsking] = useState<"close" | "transfer" | "putOff" | "noReply" | "ask" | null>(null);
  const [showsPanel, setShowsPanel] = useState(false);
  const mayClose = Boolean(work) && conversation.status !== "closed";
  const mayMark = Boolean(work) && owesNext(conversation);
  const leads = has(useMe(), "supervisor");
  const mayAsk = (Boolean(work) || leads) && conversation.status !== "closed" && !conversation.approval;
  useKeys({ ...(mayAsk && { a: () => setAsking("ask") }), ...(mayClose && { e: () => setAsking("close") }), ...(mayMark && { q: () => setAsking("noReply") }) });
  useReading(tenant, conversation.id, conversation.last_seq, Boolean(work));
  useMentionsSeen(tenant, conversation.id);
  return (
    <div style={wearing(conversation.shop)} className="flex min-w-0 flex-1">
      <section className={cx("flex min-h-0 min-w-0 flex-1 flex-col", showsPanel && "max-lg:hidden")}>
        <Head
          conversation={conversation}
          onPanel={() => setShowsPanel(true)}
          onTransfer={work ? () => setAsking("transfer") : undefined}
          onPutOff={work ? () => setAsking("putOff") : undefined}
          onAsk={mayAsk ? () => setAsking("ask") : undefined}
          onNoReply={mayMark ? () => setAsking("noReply") : undefined}
          onClose={mayClose ? () => setAsking("close") : undefined}
        />
        <Promised conversation={conversation} />
        <AskedClient tenant={tenant} conversation={conversation} />
        <Messages tenant={tenant} conversation={conversation} messages={messages} />
        <Composer tenant={tenant} conversation={conversation} messages={messages} isMine={Boolean(work)} onClose={() => setAsking("close")} />
      </section>
      <SidePanel tenant={tenant} conversation={conversation} isShown={showsPanel} onHide={() => setShowsPanel(false)} />
      <Suspense>
        {asking === "close" && <CloseDialog tenant={tenant} conversation={conversation} onDone={() => setAsking(null)} />}
        {asking === "ask" && <AskClientDialog tenant={tenant} conversation={conversation} onDone={() => setAsking(null)} />}
        {asking === "noReply" && <NoReplyDialog tenant={tenant} conversation={conversation} onDone={() => setAsking(null)} />}
        {asking === "putOff" && work && <PutOffDialog work={work} conversation={conversation} onDone={() => setAsking(null)} />}
        {asking === "transfer" && work && (
          <TransferDialog work={work} conversation={conversation} onDone={() => setAsking(null)} />
        )}
      </Suspense>
    </div>
  );
}

/** What is on the screen of its agent counts as read. */
function useReading(tenant: string, conversation: string, seq: number, isMine: boolean): void {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setVisible(!document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    if (!isMine || !visible || seq === 0) return;
    read(tenant, conversation, seq).catch(() => undefined);
    useDesk.setState(({ desk }) => ({
      desk: desk && {
        ...desk,
        active: desk.active.map((work) => (work.conversation === conversation ? { ...work, unread: 0 } : work)),
      },
    }));
  }, [tenant, conversation, seq, isMine, visible]);
}
