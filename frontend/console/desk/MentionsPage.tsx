import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { ClientTile, wearing } from "../../shared/components/ClientTile";
import { Page } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import type { Mention } from "../../shared/model";
import { useWords } from "../words/load";
import { mentionsQuery } from "./mentions";

/** Where colleagues named this person, newest first; opening the conversation takes the mark away. */
export function MentionsPage() {
  const say = useWords();
  const query = useQuery(mentionsQuery);
  return (
    <Page title={say("writing.mentions.title")}>
      <p className="mb-3 text-text-2">{say("writing.mentions.text")}</p>
      <Asked query={query} rows={6}>
        {({ mentions }) =>
          mentions.length === 0 ? (
            <Notice title={say("writing.mentions.empty")} text={say("writing.mentions.emptyText")} />
          ) : (
            <ul className="max-w-3xl divide-y divide-line border-y border-line">
              {mentions.map((each) => (
                <MentionRow key={each.id} mention={each} />
              ))}
            </ul>
          )
        }
      </Asked>
    </Page>
  );
}

function MentionRow({ mention }: { mention: Mention }) {
  const say = useWords();
  return (
    <li style={wearing(mention.tenant)}>
      <Link
        to="/c/$tenant/$conversation"
        params={{ tenant: mention.tenant.id, conversation: mention.conversation }}
        className="flex flex-col gap-1 px-2 py-2 hover:bg-surface-3"
      >
        <span className="flex min-w-0 items-center gap-2 text-12 text-text-2">
          <ClientTile client={mention.tenant} />
          <span className="truncate">
            {say("writing.mentions.by", { name: mention.by })} · <span className="num">{mention.case_number}</span> · {mention.customer_name || say("talk.noName")}
          </span>
          {mention.is_unread && <span className="shrink-0 rounded-sm bg-accent px-1 text-on-accent">{say("writing.mentions.unread")}</span>}
          <span className="ml-auto shrink-0">
            <When at={mention.at} />
          </span>
        </span>
        <span className={mention.is_unread ? "line-clamp-2 font-medium" : "line-clamp-2"}>{mention.text}</span>
      </Link>
    </li>
  );
}
