import { useQueryClient } from "@tanstack/react-query";

import { Button } from "../../shared/components/Button";
import { toast } from "../../shared/components/Toast";
import { When } from "../../shared/components/When";
import { useTry } from "../desk/actions";
import { useWords } from "../words/load";
import * as api from "./api";
import { wordsOf } from "./bodies";

/** All that an item ever said; any of it can be brought back. */
export function Versions({ tenant, item, versions }: { tenant: string; item: string; versions: api.Entry[] }) {
  const say = useWords();
  const attempt = useTry();
  const client = useQueryClient();
  const bringBack = async (version: api.Entry) => {
    const made = await attempt(() => api.restore(tenant, item, version.number));
    if (!made) return;
    toast(say("playbook.upkeep.restored", { number: version.number }));
    await Promise.all([client.invalidateQueries({ queryKey: ["shelf", tenant] }), client.invalidateQueries({ queryKey: ["playbook-versions", tenant, item] })]);
  };
  return (
    <section aria-label={say("playbook.upkeep.history")} className="mt-8 max-w-4xl border-t border-line pt-4">
      <h2 className="pb-2 text-13 font-semibold">{say("playbook.upkeep.history")}</h2>
      <ol className="flex flex-col gap-1">
        {versions.map((version) => (
          <li key={version.number} className="flex flex-wrap items-start gap-x-3 gap-y-1 text-13">
            <details className="min-w-0 flex-1">
              <summary className="cursor-pointer">
                {say("playbook.upkeep.version", { number: version.number })}
                <span className="text-text-2">
                  {" "}
                  · {version.made_by && `${version.made_by} · `}
                  <When at={version.made_at} />
                  {version.restored && ` · ${say("playbook.upkeep.restoredFrom", { number: version.restored })}`}
                  {version.is_in_force && ` · ${say("playbook.upkeep.inForce")}`}
                </span>
              </summary>
              <p className="my-1 rounded bg-surface-3 px-3 py-2 break-words whitespace-pre-wrap">
                <span className="block font-medium">{version.name}</span>
                {wordsOf(version.body)}
              </p>
            </details>
            {!version.is_in_force && (
              <Button small onClick={() => void bringBack(version)}>
                {say("playbook.upkeep.restore")}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
