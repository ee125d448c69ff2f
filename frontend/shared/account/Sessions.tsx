import { useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "../api/http";
import { Button } from "../components/Button";
import { toast } from "../components/Toast";
import { When } from "../components/When";
import { useShared } from "../i18n/use";

interface Session {
  id: string;
  host: string;
  program: string;
  started_at: string;
  seen_at: string;
  is_this_one: boolean;
}

const KEY = ["my-sessions"];

/** Where one is signed in, and ending that. */
export function Sessions() {
  const say = useShared();
  const client = useQueryClient();
  const rows = useQuery({ queryKey: KEY, queryFn: () => ask<Session[]>("GET", "/api/me/sessions") }).data ?? [];
  const end = async (path: string) => {
    await ask("DELETE", path).then(
      () => toast(say("sessions.ended")),
      () => toast(say("offline.title"), { kind: "risk" }),
    );
    await client.invalidateQueries({ queryKey: KEY });
  };
  return (
    <>
      <ul aria-label={say("sessions.title")}>
        {rows.map((row) => (
          <li key={row.id} className="flex min-h-10 flex-wrap items-center gap-x-3 border-b border-line py-1 text-13 last:border-0">
            <span className="min-w-0 flex-1 truncate" title={row.program}>
              {row.is_this_one ? <strong className="font-medium">{say("sessions.here")}</strong> : shortOf(row.program)}
            </span>
            <span className="text-text-3">
              {say("sessions.since")} <When at={row.started_at} /> · {say("sessions.seen")} <When at={row.seen_at} />
            </span>
            {!row.is_this_one && (
              <Button small onClick={() => void end(`/api/me/sessions/${row.id}`)}>
                {say("sessions.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {rows.length > 1 && (
        <Button className="mt-3" onClick={() => void end("/api/me/sessions")}>
          {say("sessions.endOthers")}
        </Button>
      )}
    </>
  );
}

/** What people call the browser and the system, out of what it calls itself. */
function shortOf(program: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(program)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(program)?.[1];
  return [browser, system].filter(Boolean).join(" · ") || program.slice(0, 60) || "–";
}
