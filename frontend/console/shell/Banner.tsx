import { useEffect, useState } from "react";

import { ApiError } from "../../shared/api/http";
import { Icon } from "../../shared/components/Icon";
import { useDesk } from "../desk/store";
import { useWords } from "../words/load";

const PATIENCE_MS = 2500;

/** Says that the connection is gone, once it is gone for longer than a blink. */
export function Banner() {
  const say = useWords();
  const link = useDesk((state) => state.link);
  const unreachable = useDesk((state) => state.error instanceof ApiError && state.error.offline);
  const isDeaf = useDesk((state) => state.isDeaf);
  const isAway = useDesk((state) => state.error instanceof ApiError && state.error.away);
  const isDown = link === "down" || isDeaf || isAway;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!isDown) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isDown]);
  if (!shown) return null;
  return (
    <div role="status" className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1.5 text-13 text-warn">
      <Icon name="wifi_off" />
      {say(unreachable ? "shell.offlineBanner" : isAway ? "shell.awayBanner" : "shell.slowBanner")}
    </div>
  );
}
