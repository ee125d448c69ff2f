import { useState } from "react";

import { Button, IconButton } from "../../shared/components/Button";
import { Icon } from "../../shared/components/Icon";
import { Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { languageName } from "../../shared/time/words";
import { useMe } from "../session";
import { useWords } from "../words/load";
import { useAct } from "./acting";
import * as api from "./api";
import { LevelDialog } from "./BulkDialogs";
import { cefr, LEVELS, shopOf } from "./levels";
import { Section } from "./PeopleFrame";

type Held = api.Card["skills"][number];

/** Languages, and skills by the client whose products they are; a change takes effect at once and can be taken back. */
export function Skills({ card }: { card: api.Card }) {
  const say = useWords();
  const languages = card.skills.filter((each) => each.kind === "language");
  const products = card.skills.filter((each) => each.kind === "product");
  return (
    <>
      <Part card={card} kind="language" title={say("people.languages")} held={languages} none={say("people.noLanguages")} add={say("people.addLanguage")} />
      <Part card={card} kind="product" title={say("people.products")} held={products} none={say("people.noProducts")} add={say("people.addProduct")} />
    </>
  );
}

interface PartProps {
  card: api.Card;
  kind: "language" | "product";
  title: string;
  held: Held[];
  none: string;
  add: string;
}

function Part({ card, kind, title, held, none, add }: PartProps) {
  const [isAdding, setIsAdding] = useState(false);
  const acts = (
    <Button small onClick={() => setIsAdding(true)}>
      {add}
    </Button>
  );
  return (
    <Section title={title} acts={acts}>
      {held.length === 0 ? (
        <Notice small title={none} />
      ) : (
        <ul>
          {held.map((each) => (
            <Row key={each.code} card={card} held={each} />
          ))}
        </ul>
      )}
      {isAdding && <LevelDialog people={[card]} kind={kind} onClose={() => setIsAdding(false)} />}
    </Section>
  );
}

function Row({ card, held }: { card: api.Card; held: Held }) {
  const say = useWords();
  const language = useLanguage();
  const me = useMe();
  const { run, isBusy } = useAct();
  const isLanguage = held.kind === "language";
  const shop = shopOf(held.code);
  const name = isLanguage ? languageName(held.code.slice(5), language) : held.name;
  const set = (level: number | null) =>
    void run(
      () => api.setLevel([card.id], held.code, level),
      say("people.levelSet"),
      () => api.setLevel([card.id], held.code, held.level),
    );
  return (
    <li className="flex min-h-10 items-center gap-3 border-b border-line text-13 last:border-0">
      <span className="min-w-0 flex-1 truncate">
        <span className="first-letter:uppercase">{name}</span>
        {!isLanguage && <span className="text-text-3"> · {me.clients.find((client) => client.slug === shop)?.name ?? shop ?? say("operator.everyone")}</span>}
      </span>
      <select
        aria-label={say("people.levelOf", { what: name })}
        value={held.level}
        disabled={isBusy}
        onChange={(event) => set(Number(event.target.value))}
        className="h-7 rounded border border-line-strong bg-surface-1 px-1.5 text-13"
      >
        {LEVELS.map((level) => (
          <option key={level} value={level}>
            {isLanguage ? `${level} · ${cefr(level, say("people.native"))}` : level}
          </option>
        ))}
      </select>
      <IconButton label={say("people.without", { what: name })} disabled={isBusy} onClick={() => set(null)}>
        <Icon name="close" />
      </IconButton>
    </li>
  );
}
