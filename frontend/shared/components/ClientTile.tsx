import type { CSSProperties } from "react";

import type { ClientTile as Tile } from "../model";
import { textOn } from "../tokens/contrast";
import { cx } from "./cx";

const FALLBACK = "#6b6660";

/** The client's colour as tokens for everything below. */
export function wearing(client: Pick<Tile, "color">): CSSProperties {
  const colour = /^#[0-9a-f]{6}/i.test(client.color) ? client.color.slice(0, 7) : FALLBACK;
  return { "--client": colour, "--on-client": textOn(colour) } as CSSProperties;
}

const SIZES = { usual: "h-5 w-6.5 text-12", large: "h-9 w-12 text-18" };

interface Props {
  client: Pick<Tile, "name" | "mark" | "color">;
  size?: keyof typeof SIZES;
}

/** The two-letter tile by which an agent sees whose shop this is. */
export function ClientTile({ client, size = "usual" }: Props) {
  return (
    <span
      style={wearing(client)}
      title={client.name}
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-sm bg-client font-semibold tracking-wide text-on-client select-none",
        SIZES[size],
      )}
    >
      <span aria-hidden>{client.mark}</span>
      <span className="sr-only">{client.name}</span>
    </span>
  );
}
