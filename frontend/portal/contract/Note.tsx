import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Icon } from "../../shared/components/Icon";
import { useWords } from "../words/load";
import { contractQuery } from "./ContractPage";

/** What waits for the client's signature; else, on a phone, the way to the contract. */
export function ContractNote() {
  const say = useWords();
  const query = useQuery(contractQuery);
  const waiting = query.data?.versions.find((version) => version.standing === "offered");
  if (!waiting) {
    return (
      <Link to="/contract" className="tap mb-4 inline-flex items-center gap-2 text-13 text-text-2 lg:hidden">
        <Icon name="form" size={14} />
        {say("contract.to_contract")}
      </Link>
    );
  }
  return (
    <div role="status" className="mb-8 flex flex-wrap items-center gap-x-4 gap-y-2 rounded border border-line-strong bg-surface-2 px-4 py-3">
      <p className="flex-1 font-medium">{say("contract.offered", { n: waiting.number })}</p>
      <Link to="/contract/$version" params={{ version: waiting.id }} className="tap inline-flex items-center rounded border border-line-strong bg-surface-1 px-4 font-medium hover:bg-surface-3">
        {say("contract.read_it")}
      </Link>
    </div>
  );
}
