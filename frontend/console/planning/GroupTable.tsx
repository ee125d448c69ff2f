import { IconButton } from "../../shared/components/Button";
import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Cell, Line, Table } from "../../shared/components/Page";
import { useLanguage } from "../../shared/i18n/use";
import { useWords } from "../words/load";
import type { Group } from "./api";
import { peopleIn, signed, skillsIn } from "./words";

const MOST = 50;

interface Props {
  groups: Group[];
  heads: Record<string, number>;
  onChange: (key: string, by: number) => void;
}

/** Who was there that week, in groups that can do the same; more or fewer of each. */
export function GroupTable({ groups, heads, onChange }: Props) {
  const say = useWords();
  const language = useLanguage();
  const columns = [
    { name: say("planning.group") },
    { name: say("planning.able"), hideOnPhone: true },
    { name: say("planning.serves"), hideOnPhone: true },
    { name: say("planning.peak"), right: true, hideOnPhone: true },
    { name: say("planning.hoursThere"), right: true, hideOnPhone: true },
    { name: say("planning.people"), right: true },
  ];
  return (
    <Table columns={columns} label={say("planning.groups")}>
      {groups.map((group) => {
        const by = heads[group.key] ?? 0;
        const name = peopleIn(group, say);
        return (
          <Line key={group.key}>
            <Cell>
              {name}
              <span className="block text-12 text-text-3 md:hidden">{skillsIn(group.skills, language)}</span>
            </Cell>
            <Cell hideOnPhone className="text-text-2">
              {skillsIn(group.skills, language)}
            </Cell>
            <Cell hideOnPhone>
              <span className="flex flex-wrap gap-1">
                {group.clients.map((client) => (
                  <ClientTile key={client.id} client={client} />
                ))}
              </span>
            </Cell>
            <Cell right hideOnPhone>
              {group.peak}
            </Cell>
            <Cell right hideOnPhone>
              {Math.round(group.hours).toLocaleString(language)}
            </Cell>
            <Cell right>
              <span className="inline-flex items-center justify-end gap-1" role="group" aria-label={say("planning.headsOf", { group: name })}>
                <IconButton label={say("planning.fewer", { group: name })} disabled={by <= -group.people.length} onClick={() => onChange(group.key, by - 1)}>
                  −
                </IconButton>
                <output className={cx("num w-8 text-center", by !== 0 && "font-semibold text-accent")}>{signed(by)}</output>
                <IconButton label={say("planning.more", { group: name })} disabled={by >= MOST} onClick={() => onChange(group.key, by + 1)}>
                  +
                </IconButton>
              </span>
            </Cell>
          </Line>
        );
      })}
    </Table>
  );
}
