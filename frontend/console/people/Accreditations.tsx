import { useState } from "react";

import { Button } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { Notice } from "../../shared/components/States";
import { useLanguage } from "../../shared/i18n/use";
import { asInstant } from "../../shared/time/words";
import { useWords } from "../words/load";
import type { Card, Spell } from "./api";
import { GrantDialog, WithdrawDialog } from "./BulkDialogs";
import { Section } from "./PeopleFrame";

/** Leave to serve a client, from–until: what is, what will be, and what was. */
export function Accreditations({ card }: { card: Card }) {
  const say = useWords();
  const [isGranting, setIsGranting] = useState(false);
  const [ended, setEnded] = useState<string | null>(null);
  const [isAll, setIsAll] = useState(false);
  const shown = card.accreditations.filter((spell) => isAll || spell.state !== "over");
  const over = card.accreditations.length - card.accreditations.filter((spell) => spell.state !== "over").length;
  const acts = (
    <Button small onClick={() => setIsGranting(true)}>
      {say("people.grant")}…
    </Button>
  );
  return (
    <Section title={say("people.accreditations")} acts={acts}>
      {card.all_clients && <p className="pb-2 text-13 text-text-2">{say("people.servesAll")}</p>}
      {shown.length === 0 ? <Notice small title={say("people.noAccreditations")} /> : <Spells spells={shown} onEnd={setEnded} />}
      {over > 0 && (
        <Button small kind="quiet" className="mt-2" onClick={() => setIsAll(!isAll)}>
          {isAll ? say("people.hideOver") : say("people.showOver", { count: over })}
        </Button>
      )}
      {isGranting && <GrantDialog people={[card]} onClose={() => setIsGranting(false)} />}
      {ended && <WithdrawDialog people={[card]} client={ended} onClose={() => setEnded(null)} />}
    </Section>
  );
}

function Spells({ spells, onEnd }: { spells: Spell[]; onEnd: (client: string) => void }) {
  const say = useWords();
  const columns = [
    { name: say("operator.client") },
    { name: say("people.alias"), hideOnPhone: true },
    { name: say("people.span") },
    { name: say("operator.act"), silent: true },
  ];
  return (
    <Table columns={columns} label={say("people.accreditations")}>
      {spells.map((spell) => (
        <Row key={`${spell.client.id}${spell.valid_from}`} spell={spell} onEnd={() => onEnd(spell.client.id)} />
      ))}
    </Table>
  );
}

function Row({ spell, onEnd }: { spell: Spell; onEnd: () => void }) {
  const say = useWords();
  const language = useLanguage();
  const until = spell.valid_until ? asInstant(spell.valid_until, language) : say("people.forGood");
  return (
    <Line>
      <Cell className={cx(spell.state === "over" && "text-text-3")}>
        <span className="flex items-center gap-2">
          <ClientTile client={spell.client} />
          <span className="truncate">{spell.client.name}</span>
        </span>
        {spell.is_read_only && <span className="text-12 text-text-3">{say("people.readOnly")}</span>}
      </Cell>
      <Cell hideOnPhone>{spell.alias}</Cell>
      <Cell className={cx("num py-1", spell.state === "over" && "text-text-3")}>
        <span className="block">{asInstant(spell.valid_from, language)}</span>
        <span className="block text-text-2">– {until}</span>
        {spell.state !== "now" && <span className="text-12">{say(`people.spells.${spell.state}`)}</span>}
      </Cell>
      <Cell right>
        {spell.state !== "over" && (
          <Button small onClick={onEnd}>
            {say("people.end")}…
          </Button>
        )}
      </Cell>
    </Line>
  );
}
