import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { toast } from "../../shared/components/Toast";
import { asInstant } from "../../shared/time/words";
import * as api from "../api";
import { useLocale } from "../locale";
import { useMe, useShop } from "../session";
import { PageHead } from "../shell/Shell";
import { useWords } from "../words/load";
import { AnswerForm } from "./AnswerForm";
import { Question } from "./Question";
import { standing } from "./words";

const route = getRouteApi("/inside/approvals/$approval");

/** One question, and the answer to it. */
export function ApprovalPage() {
  const say = useWords();
  const { approval } = route.useParams();
  const query = useQuery({ queryKey: ["approvals", "one", approval], queryFn: () => api.approval(approval), refetchInterval: 15_000 });
  return (
    <>
      <Link to="/approvals" className="tap inline-flex items-center gap-1 text-13 text-text-2">
        <Icon name="left" size={14} />
        {say("approvals.title")}
      </Link>
      <Asked query={query}>{(found) => <Opened approval={found} />}</Asked>
    </>
  );
}

function Opened({ approval }: { approval: api.OpenedApproval }) {
  const say = useWords();
  const zone = useShop().time_zone;
  const more: [string, string][] = [
    [say("approvals.shopper"), approval.customer_name],
    [say("approvals.order"), approval.order_number],
    [say("approvals.subject"), approval.subject],
  ];
  return (
    <>
      <PageHead title={approval.case_number} />
      <Standing approval={approval} />
      <Question approval={approval} zone={zone} more={more}>
        <Link to="/conversations/$conversation" params={{ conversation: approval.conversation }} className="opens tap mt-4 inline-flex items-center">
          {say("approvals.to_case")}
        </Link>
      </Question>
      <section className="mt-8 border-t border-line pt-6">
        <Answering approval={approval} />
      </section>
    </>
  );
}

function Standing({ approval }: { approval: api.Approval }) {
  const say = useWords();
  const locale = useLocale();
  const zone = useShop().time_zone;
  const words = standing(approval, say, locale, zone);
  if (!words) return null;
  return (
    <p className={cx("-mt-3 pb-6", approval.is_late ? "font-semibold text-risk" : "text-text-2")}>
      {words}
      {approval.ended_at && ` · ${asInstant(approval.ended_at, locale, zone)}`}
    </p>
  );
}

function Answering({ approval }: { approval: api.OpenedApproval }) {
  const say = useWords();
  const me = useMe();
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["approvals"] });
  if (approval.state !== "open") {
    return approval.comment ? <p className="max-w-[68ch] whitespace-pre-line wrap-anywhere">“{approval.comment}”</p> : null;
  }
  if (!me.roles.includes("client")) return <p className="text-text-2">{say("approvals.viewer")}</p>;
  return (
    <AnswerForm
      approval={approval}
      send={(given) => api.answerApproval(approval.id, given)}
      onSent={(settled) => {
        client.setQueryData(["approvals", "one", approval.id], settled);
        toast(say("approvals.sent"));
        refresh();
      }}
      onGone={refresh}
    />
  );
}
