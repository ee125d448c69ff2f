import { useQuery } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";

import { Button } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Asked } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant, languageName } from "../../shared/time/words";
import * as api from "../api";
import { nameChannel, nameStatus } from "../channels";
import { useShop } from "../session";
import { PageHead } from "../shell/Shell";
import { useLocale } from "../locale";
import { useWords } from "../words/load";
import { ClockCard } from "./ClockCard";
import { Messages } from "./Messages";

/** One conversation as the shop may see it: what was said, and each promise with its ledger. */
export function CasePage() {
  const say = useWords();
  const language = useLanguage();
  const router = useRouter();
  const { conversation } = useParams({ from: "/inside/conversations/$conversation" });
  const query = useQuery({
    queryKey: ["conversation", conversation, language],
    queryFn: () => api.conversation(conversation, language),
  });
  const back = () => (router.history.canGoBack() ? router.history.back() : void router.navigate({ to: "/conversations" }));
  return (
    <>
      <Button kind="quiet" className="-ml-3 mb-2 h-11" onClick={back} icon={<Icon name="left" />}>
        {say("case.back")}
      </Button>
      <Asked query={query} rows={8}>
        {(data) => <Case data={data} />}
      </Asked>
    </>
  );
}

function Case({ data }: { data: api.Case }) {
  const say = useWords();
  const { conversation, messages, clocks } = data;
  return (
    <>
      <PageHead title={conversation.case_number} />
      <Facts conversation={conversation} />
      <div className="grid gap-x-12 gap-y-10 pt-8 lg:grid-cols-[minmax(0,1fr)_380px]">
        <section aria-labelledby="messages" className="min-w-0">
          <h2 id="messages" className="border-b border-line pb-3 text-18 font-semibold">
            {say("case.messages")}
          </h2>
          {messages.length ? <Messages conversation={conversation.id} messages={messages} /> : <p className="py-6 text-text-2">{say("case.no_messages")}</p>}
        </section>
        <section aria-labelledby="clocks" className="min-w-0">
          <h2 id="clocks" className="border-b border-line pb-3 text-18 font-semibold">
            {say("case.clocks")}
          </h2>
          {clocks.length === 0 && <p className="py-6 text-text-2">{say("case.no_clocks")}</p>}
          {clocks.map((clock) => (
            <ClockCard key={clock.id} clock={clock} />
          ))}
        </section>
      </div>
    </>
  );
}

function Facts({ conversation }: { conversation: api.Case["conversation"] }) {
  const say = useWords();
  const language = useLocale();
  const zone = useShop().time_zone;
  const facts: [string, string][] = [
    [say("list.status"), nameStatus(conversation.status, say)],
    [say("list.reason"), conversation.contact_reason || say("list.without_reason")],
    [say("case.customer"), conversation.customer_name],
    [say("list.channel"), nameChannel(conversation.channel, say)],
    [say("list.language"), languageName(conversation.language, language)],
    [say("case.order"), conversation.order_number],
    [say("list.answered_by"), conversation.agent_alias],
    [say("case.opened"), asInstant(conversation.opened_at, language, zone)],
    [say("case.closed"), conversation.closed_at ? asInstant(conversation.closed_at, language, zone) : ""],
  ];
  return (
    <dl className="figures grid grid-cols-2 gap-x-8 gap-y-4 sm:grid-cols-3 lg:grid-cols-4">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-13 text-text-2">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
