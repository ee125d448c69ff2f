import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import type { HeldUp } from "../../shared/model";
import { useWords } from "../words/load";
import { heldUpQuery } from "./heldUp";
import { HeldUpAtClient } from "./HeldUpAtClient";

/** What waits for a person: payloads that could not be taken in, messages of which nobody knows what became. */
export function HeldUpPage() {
  const say = useWords();
  const { tenant } = useSearch({ strict: false });
  const query = useQuery(heldUpQuery);
  return (
    <Page title={say("heldUp.title")} detail={query.data?.total} wide>
      <Asked query={query} isEmpty={({ clients }) => clients.length === 0 && !tenant} empty={<Notice icon="check" title={say("heldUp.nothing")} text={say("heldUp.nothingText")} />}>
        {({ clients }) => <Clients clients={clients} open={tenant} />}
      </Asked>
      {query.data && <Swept swept={query.data.swept} />}
      {tenant && <HeldUpAtClient key={tenant} tenant={tenant} />}
      {!tenant && Boolean(query.data?.clients.length) && <Notice small icon="warn" title={say("heldUp.choose")} />}
    </Page>
  );
}

const KINDS = ["quarantined", "unknown", "failed", "waiting", "to_send"] as const;
/** These pass by themselves; a telephone shows what waits for a person. */
const LATE = new Set<string>(["waiting", "to_send"]);
const NAMES = { quarantined: "heldUp.quarantined", unknown: "heldUp.unknown", failed: "heldUp.failed", waiting: "heldUp.waiting", to_send: "heldUp.toSend" } as const;

function Clients({ clients, open }: { clients: HeldUp["clients"]; open?: string }) {
  const say = useWords();
  const navigate = useNavigate();
  const choose = (tenant: string) => void navigate({ to: "/held-up", search: { tenant } });
  const columns = [{ name: say("heldUp.client") }, ...KINDS.map((kind) => ({ name: say(NAMES[kind]), right: true, hideOnPhone: LATE.has(kind) }))];
  return (
    <Table columns={columns} label={say("heldUp.title")}>
      {clients.map((row) => (
        <Line key={row.client.id} isOpen={row.client.id === open} onOpen={() => choose(row.client.id)}>
          <Cell>
            <button
              type="button"
              aria-pressed={row.client.id === open}
              className="flex items-center gap-2 rounded"
              onClick={(event) => {
                event.stopPropagation();
                choose(row.client.id);
              }}
            >
              <ClientTile client={row.client} />
              {row.client.name}
            </button>
          </Cell>
          {KINDS.map((kind) => (
            <Cell key={kind} right hideOnPhone={LATE.has(kind)} className={row[kind] ? "font-medium" : "text-text-3"}>
              {row[kind]}
            </Cell>
          ))}
        </Line>
      ))}
    </Table>
  );
}

function Swept({ swept }: { swept: HeldUp["swept"] }) {
  const say = useWords();
  return <p className="py-3 text-12 text-text-3">{swept ? say("heldUp.swept", { ...swept }) : say("heldUp.noSwept")}</p>;
}
