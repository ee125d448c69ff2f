import { Link } from "@tanstack/react-router";

import { ClientTile } from "../../shared/components/ClientTile";
import { channelIcon, Icon } from "../../shared/components/Icon";
import type { ClientTile as Tile } from "../../shared/model";

/** Whose conversation a row of the floor is, and the way into it. */
export function WhoseConversation({ row }: { row: { tenant: Tile; channel: string; conversation: string } }) {
  return (
    <span className="flex items-center gap-2">
      <ClientTile client={row.tenant} />
      <Icon name={channelIcon(row.channel)} size={13} className="text-text-3" />
      <Link to="/c/$tenant/$conversation" params={{ tenant: row.tenant.id, conversation: row.conversation }} className="hover:underline">
        {row.tenant.name}
      </Link>
    </span>
  );
}
