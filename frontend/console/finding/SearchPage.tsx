import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Failure, Notice, Skeleton } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { ApiError } from "../../shared/api/http";
import { Status } from "../conversation/Head";
import { useKeys } from "../shell/keys";
import { useWords } from "../words/load";
import * as api from "./api";
import { SaveView } from "./SaveView";
import { Views } from "./Views";

const route = getRouteApi("/inside/search");
const HELP = ["from:maria", "client:AC", "is:open", "is:mine", "tag:", "reason:", "after:2026-01-01", "before:", "lang:es", "channel:mail"] as const;

/** Everything one may see: words, phrases, operators; and what is looked for again and again. */
export function SearchPage() {
  const say = useWords();
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const find = (words: string) => void navigate({ search: words ? { q: words } : {} });
  const found = useQuery({
    queryKey: ["search", q],
    queryFn: ({ signal }) => api.search(q, signal),
    placeholderData: keepPreviousData,
    retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    staleTime: 5_000,
  });
  return (
    <Page wide title={say("finding.title")}>
      <Field key={q} asked={q} onFind={find} isBusy={found.isFetching} />
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[1fr_15rem]">
        <section aria-label={say("finding.results")} aria-busy={found.isFetching} className="min-w-0">
          {found.isError && <Wrong error={found.error} retry={() => void found.refetch()} />}
          {!found.isError && !found.data && <Skeleton rows={8} />}
          {!found.isError && found.data && <Results found={found.data} asked={q} />}
        </section>
        <aside className="min-w-0 max-lg:-order-1" aria-label={say("finding.views")}>
          <h2 className="pb-1 text-12 font-semibold text-text-2">{say("finding.views")}</h2>
          <Views current={q} />
          {q && <SaveView key={q} query={q} />}
        </aside>
      </div>
    </Page>
  );
}

function Field({ asked, onFind, isBusy }: { asked: string; onFind: (words: string) => void; isBusy: boolean }) {
  const say = useWords();
  const [words, setWords] = useState(asked);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);
  useKeys({ "/": () => box.current?.focus() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onFind(words.trim());
  };
  const add = (operator: string) => {
    setWords(`${words.trim()} ${operator}`.trim());
    box.current?.focus();
  };
  return (
    <form role="search" onSubmit={submit} className="max-w-3xl pb-4">
      <div className="flex gap-2">
        <input
          ref={box}
          type="search"
          aria-label={say("finding.field")}
          aria-describedby="search-help"
          placeholder={say("finding.placeholder")}
          maxLength={200}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="h-9 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-3 text-15 text-text-1 placeholder:text-text-3 focus-visible:outline-2 focus-visible:-outline-offset-1"
        />
        <Button kind="primary" type="submit" disabled={isBusy && words.trim() === asked} icon={<Icon name="search" size={14} />}>
          {say("finding.find")}
        </Button>
      </div>
      <p id="search-help" className="sr-only">{say("finding.help")}</p>
      <ul aria-label={say("finding.operators")} className="flex flex-wrap gap-1 pt-2">
        {HELP.map((each) => (
          <li key={each}>
            <button type="button" onClick={() => add(each)} className="num h-6 rounded-sm bg-surface-3 px-1.5 text-12 text-text-2 hover:bg-surface-4 hover:text-text-1">
              {each}
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}

/** What cannot be understood is said in the server's words; all else as everywhere. */
function Wrong({ error, retry }: { error: unknown; retry: () => void }) {
  const say = useWords();
  if (error instanceof ApiError && error.status === 400) return <Notice icon="search" title={say("finding.wrong")} text={error.message} />;
  return <Failure error={error} retry={retry} />;
}

interface ResultsProps {
  found: Awaited<ReturnType<typeof api.search>>;
  asked: string;
}

function Results({ found, asked }: ResultsProps) {
  const say = useWords();
  const { results, left_out, more } = found;
  return (
    <>
      <p role="status" className="pb-2 text-12 text-text-3">
        {asked ? say("finding.count", { count: results.length }) : say("finding.latest")}
        {more && ` ${say("finding.more")}`}
      </p>
      {left_out > 0 && <p className="pb-2 text-12 text-warn">{say("finding.leftOut", { count: left_out })}</p>}
      {results.length === 0 && <Notice small icon="search" title={say("finding.none")} text={say("finding.noneText")} />}
      <ul>
        {results.map((row) => (
          <Result key={row.conversation} row={row} />
        ))}
      </ul>
    </>
  );
}

function Result({ row }: { row: api.Found }) {
  const say = useWords();
  return (
    <li className="border-b border-line">
      <Link
        to="/c/$tenant/$conversation"
        params={{ tenant: row.tenant.id, conversation: row.conversation }}
        className="flex gap-3 rounded-sm px-2 py-2.5 hover:bg-surface-3"
      >
        <span className="pt-0.5"><ClientTile client={row.tenant} /></span>
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 flex-wrap items-center gap-x-2">
            <span className="truncate font-medium">{row.customer_name || say("talk.noName")}</span>
            <span className="num shrink-0 text-12 text-text-3">{row.case_number}</span>
            <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
            <span className="text-12 text-text-3 uppercase">{row.language}</span>
            <Status status={row.status} />
            <When at={row.opened_at} className="ml-auto shrink-0 text-12 text-text-3" />
          </span>
          {row.subject && <span className="block truncate text-text-2">{row.subject}</span>}
          {row.excerpt.length > 0 && <Excerpt row={row} />}
        </span>
      </Link>
    </li>
  );
}

function Excerpt({ row }: { row: api.Found }) {
  const say = useWords();
  return (
    <span className="mt-0.5 line-clamp-2 block text-12 break-words text-text-2">
      {row.direction === "note" && <span className="font-medium">{say("finding.inNote")} </span>}
      {row.excerpt.map((part, place) => (part.hit ? <mark key={place} className="rounded-sm bg-warn-soft px-0.5 text-text-1">{part.text}</mark> : part.text))}
    </span>
  );
}
