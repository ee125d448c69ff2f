import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState, type ReactNode } from "react";

import { ApiError } from "../../shared/api/http";
import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { Failure, Skeleton } from "../../shared/components/States";
import * as api from "../api";
import { useWords } from "../words/load";
import { AnswerForm } from "./AnswerForm";
import { Question } from "./Question";

/** Where a letter's link leads: it shows what is asked, and answers when somebody presses the button, once. */
export function AnswerPage() {
  const say = useWords();
  const [token] = useState(() => location.hash.slice(1));
  const [isDone, setIsDone] = useState(false);
  const shop = useQuery({ queryKey: ["shop"], queryFn: api.shop }).data;
  const query = useQuery({ queryKey: ["link", token], queryFn: () => api.lookAtLink(token), retry: false, refetchOnWindowFocus: false });
  useEffect(() => history.replaceState(history.state, "", location.pathname), []);
  const title = shop ? say("approvals.link_title", { shop: shop.name }) : say("approvals.title");
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div style={shop && wearing(shop)} className="flex min-h-dvh flex-col items-center bg-surface-2 px-4 py-8 sm:py-12">
      <main className="w-full max-w-[640px]">
        {shop && (
          <div className="flex items-center gap-2.5 pb-6">
            <ClientTile client={shop} />
            <span className="font-semibold">{shop.name}</span>
          </div>
        )}
        <div className="rounded border border-line bg-surface-1 p-6 sm:p-8">
          <h1 className="pb-6 text-18 font-semibold">{title}</h1>
          {isDone ? (
            <p role="status">{say("approvals.link_done")}</p>
          ) : query.data ? (
            <Asking asked={query.data} token={token} onDone={() => setIsDone(true)} />
          ) : query.isError ? (
            <Gone error={query.error} retry={() => void query.refetch()} />
          ) : (
            <Skeleton rows={5} />
          )}
        </div>
        <Link to="/approvals" className="tap mt-4 inline-flex items-center text-13 text-text-2 underline underline-offset-2 hover:text-text-1">
          {say("approvals.to_portal")}
        </Link>
      </main>
    </div>
  );
}

type Linked = Awaited<ReturnType<typeof api.lookAtLink>>;

function Asking({ asked, token, onDone }: { asked: Linked; token: string; onDone: () => void }) {
  const say = useWords();
  return (
    <>
      <Question approval={asked} zone={asked.time_zone} />
      <div className="mt-6 border-t border-line pt-6">
        <p className="pb-5 text-13 text-text-2">{say("approvals.link_as", { name: asked.reader })}</p>
        <AnswerForm approval={asked} send={(given) => api.answerByLink(token, given)} onSent={onDone} />
      </div>
    </>
  );
}

/** A link that is worth nothing more says so; one that was never ours, too. */
function Gone({ error, retry }: { error: unknown; retry: () => void }): ReactNode {
  const say = useWords();
  const status = error instanceof ApiError ? error.status : 0;
  if (![400, 404, 410].includes(status)) return <Failure small error={error} retry={retry} />;
  const which = status === 410 ? "link_gone" : "link_broken";
  return (
    <div role="alert" className="flex flex-col gap-2">
      <p className="font-medium">{say(`approvals.${which}`)}</p>
      <p className="text-text-2">{say(`approvals.${which}_text`)}</p>
    </div>
  );
}
