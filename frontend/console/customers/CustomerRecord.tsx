import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import { Page } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useLanguage } from "../../shared/i18n/use";
import type { CustomerRecord as Held } from "../../shared/model";
import { asInstant, languageName } from "../../shared/time/words";
import { asSize } from "../conversation/Attachments";
import { Row, Rows } from "../conversation/SidePanel";
import { useMe } from "../session";
import { useWords } from "../words/load";
import * as api from "./api";
import { EraseDialog } from "./EraseDialog";
import { saveLookLarge } from "./looks";

/** Everything held about one person, and what they may ask for: a copy, and to be forgotten. */
export function CustomerRecord({ tenant, customer }: { tenant: string; customer: string }) {
  const say = useWords();
  const [isErasing, setIsErasing] = useState(false);
  const query = useQuery({ queryKey: ["customer", tenant, customer], queryFn: () => api.record(tenant, customer), staleTime: 0 });
  const held = query.data;
  const back = (
    <Link to="/customers" search={{ tenant }} className={saveLookLarge}>
      <Icon name="left" size={14} />
      {say("rights.back")}
    </Link>
  );
  return (
    <Page title={held ? nameOf(held, say("talk.noName"), say("rights.erasedPerson")) : say("rights.title")} acts={back}>
      <Asked query={query}>
        {(record) => (
          <div className="flex flex-col gap-6">
            {record.erased_at ? <Erased tenant={tenant} record={record} at={record.erased_at} /> : <Acts tenant={tenant} record={record} onErase={() => setIsErasing(true)} />}
            <Who tenant={tenant} record={record} />
            <Matters tenant={tenant} record={record} />
            <Files tenant={tenant} record={record} />
          </div>
        )}
      </Asked>
      {held && !held.erased_at && <EraseDialog tenant={tenant} record={held} open={isErasing} onClose={() => setIsErasing(false)} />}
    </Page>
  );
}

const nameOf = (held: Held, nameless: string, erased: string) => (held.erased_at ? erased : held.name || nameless);

function Acts({ tenant, record, onErase }: { tenant: string; record: Held; onErase: () => void }) {
  const say = useWords();
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <a href={api.exportPath(tenant, record.id)} download className={saveLookLarge}>
          <Icon name="down_tray" size={14} />
          {say("rights.export")}
        </a>
        <Button kind="risk" onClick={onErase}>
          {say("rights.erase")}
        </Button>
      </div>
      <p className="max-w-[68ch] text-12 text-text-3">{say("rights.exportText")}</p>
    </div>
  );
}

function Erased({ tenant, record, at }: { tenant: string; record: Held; at: string }) {
  const say = useWords();
  const language = useLanguage();
  return (
    <div role="status" className="flex max-w-[68ch] flex-col items-start gap-3 rounded border border-line bg-surface-2 px-4 py-3">
      <p>
        <span className="font-medium">{say("rights.erasedOn", { when: asInstant(at, language) })}</span> {say("rights.keptText")}
      </p>
      <a href={api.certificatePath(tenant, record.id)} download className={saveLookLarge}>
        <Icon name="down_tray" size={14} />
        {say("rights.saveCertificate")}
      </a>
      <p className="text-12 text-text-3">
        SHA-256 <span className="num break-all">{record.certificate_sha256}</span>
      </p>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="pb-2 text-13 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Who({ tenant, record }: { tenant: string; record: Held }) {
  const say = useWords();
  const language = useLanguage();
  const client = useMe().clients.find((each) => each.id === tenant);
  return (
    <Part title={say("rights.who")}>
      <Rows>
        {client && (
          <Row name={say("rights.client")}>
            <span className="inline-flex items-center gap-2">
              <ClientTile client={client} />
              {client.name}
            </span>
          </Row>
        )}
        {record.name && <Row name={say("rights.name")}>{record.name}</Row>}
        {record.addresses.length > 0 && (
          <Row name={say("rights.addresses")}>
            {record.addresses.map((address) => (
              <span key={address} className="block break-all">{address}</span>
            ))}
          </Row>
        )}
        {record.language && <Row name={say("talk.speaks")}>{languageName(record.language, language)}</Row>}
        <Row name={say("rights.since")}>
          <When at={record.since} />
        </Row>
        {!record.erased_at && <Row name={say("rights.heldToo")}>{say("rights.counts", { messages: record.held.messages, evaluations: record.held.evaluations })}</Row>}
        <Row name={say("rights.number")}>
          <span className="num break-all text-text-3">{record.id}</span>
        </Row>
      </Rows>
    </Part>
  );
}

function Matters({ tenant, record }: { tenant: string; record: Held }) {
  const say = useWords();
  const more = record.held.conversations - record.conversations.length;
  return (
    <Part title={`${say(record.erased_at ? "rights.emptied" : "rights.conversations")} · ${record.held.conversations}`}>
      {record.conversations.length === 0 && <Notice small icon="inbox" title={say("rights.noConversations")} />}
      <ul className="max-w-2xl">
        {record.conversations.map((each) => (
          <li key={each.id} className="border-b border-line">
            <Link to="/c/$tenant/$conversation" params={{ tenant, conversation: each.id }} className="flex h-10 items-center gap-2 hover:bg-surface-3">
              <Icon name={channelIcon(each.channel)} size={13} className="text-text-3" />
              <span className="num font-medium">{each.case_number}</span>
              <span className="text-text-2">{say(`talk.status.${each.status}`)}</span>
              <span className="ml-auto text-12 text-text-3">
                <When at={each.opened_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="pt-2 text-12 text-text-3">{say("rights.inExport", { count: more })}</p>}
    </Part>
  );
}

function Files({ tenant, record }: { tenant: string; record: Held }) {
  const say = useWords();
  const language = useLanguage();
  if (record.held.files === 0) return null;
  const more = record.held.files - record.files.length;
  return (
    <Part title={`${say("rights.files")} · ${record.held.files}`}>
      <ul className="max-w-2xl">
        {record.files.map((file) => (
          <li key={file.id} className="border-b border-line">
            <a href={api.filePath(tenant, file.id)} target="_blank" rel="noopener noreferrer" className="flex h-10 items-center gap-2 hover:bg-surface-3">
              <Icon name="file" size={13} className="text-text-3" />
              <span className="truncate">{file.name}</span>
              <span className="num ml-auto shrink-0 text-12 text-text-3">{asSize(file.size, language)}</span>
            </a>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="pt-2 text-12 text-text-3">{say("rights.inExport", { count: more })}</p>}
    </Part>
  );
}
