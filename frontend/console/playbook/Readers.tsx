import { useQuery } from "@tanstack/react-query";

import { Asked } from "../../shared/components/States";
import { When } from "../../shared/components/When";
import { useWords } from "../words/load";
import * as api from "./api";

/** Which agents have confirmed a bulletin, those who have not first. */
export function Readers({ tenant, item }: { tenant: string; item: string }) {
  const say = useWords();
  const query = useQuery({ queryKey: ["playbook-versions", tenant, item, "readers"], queryFn: () => api.readers(tenant, item), staleTime: 0 });
  return (
    <section aria-label={say("playbook.upkeep.readers")} className="mt-6 max-w-4xl border-t border-line pt-4">
      <h2 className="pb-2 text-13 font-semibold">{say("playbook.upkeep.readers")}</h2>
      <Asked query={query} rows={3} small>
        {(readers) => (
          <>
            <p className="num pb-1 text-12 text-text-2">{say("playbook.upkeep.readCount", { read: readers.filter((each) => each.read_at).length, all: readers.length })}</p>
            <ul className="text-13">
              {[...readers]
                .sort((one, other) => Number(Boolean(one.read_at)) - Number(Boolean(other.read_at)))
                .map((reader) => (
                  <li key={reader.id} className="flex h-8 items-center gap-3 border-b border-line">
                    <span className="flex-1">{reader.name}</span>
                    {reader.read_at ? <span className="text-text-2"><When at={reader.read_at} /></span> : <span className="text-warn">{say("playbook.upkeep.notYet")}</span>}
                  </li>
                ))}
            </ul>
          </>
        )}
      </Asked>
    </section>
  );
}
