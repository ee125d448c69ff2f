import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { Cell, Line, Page, Table } from "../../shared/components/Page";
import { Asked, Notice } from "../../shared/components/States";
import type { ListedShop } from "../../shared/model";
import { saveLookLarge } from "../customers/looks";
import { useWords } from "../words/load";
import * as api from "./api";

/** Every client of the house, those that left too. */
export function ShopsPage() {
  const say = useWords();
  const query = useQuery({ queryKey: ["shops"], queryFn: api.shops, staleTime: 0 });
  const more = (
    <Link to="/shops/new" className={saveLookLarge}>
      <Icon name="shop" size={14} />
      {say("shops.new")}
    </Link>
  );
  return (
    <Page title={say("shops.title")} detail={query.data?.length} acts={more}>
      <Asked query={query} isEmpty={(rows) => rows.length === 0} empty={<Notice icon="shop" title={say("shops.none")} text={say("shops.noneText")} />}>
        {(rows) => <Rows rows={rows} />}
      </Asked>
    </Page>
  );
}

function Rows({ rows }: { rows: ListedShop[] }) {
  const say = useWords();
  const navigate = useNavigate();
  const columns = [
    { name: say("shops.client") },
    { name: say("shops.address"), hideOnPhone: true },
    { name: say("shops.lines"), right: true, hideOnPhone: true },
    { name: say("shops.state") },
  ];
  return (
    <Table columns={columns} label={say("shops.title")}>
      {rows.map((row) => (
        <Line key={row.id} onOpen={() => void navigate({ to: "/shops/$tenant", params: { tenant: row.id } })}>
          <Cell>
            <Link to="/shops/$tenant" params={{ tenant: row.id }} className={cx("flex items-center gap-2 rounded", row.status === "deleted" ? "text-text-3" : "font-medium")} onClick={(event) => event.stopPropagation()}>
              <ClientTile client={row} />
              {row.name}
            </Link>
          </Cell>
          <Cell hideOnPhone className="text-text-2">{row.slug}</Cell>
          <Cell right hideOnPhone>{row.lines}</Cell>
          <Cell className={row.status === "active" ? "text-text-2" : "font-medium"}>{say(`shops.states.${row.status}`)}</Cell>
        </Line>
      ))}
    </Table>
  );
}
