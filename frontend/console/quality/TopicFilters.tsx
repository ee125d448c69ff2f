import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { SelectField } from "../../shared/components/Field";
import { reasonsOf, tagsInUse } from "../finding/api";
import type { Filters } from "../routes/quality";
import { useWords } from "../words/load";

/** By reason and by tag: both are one client's own words, so that a client is chosen first. */
export function TopicFilters({ filters }: { filters: Filters }) {
  const say = useWords();
  const navigate = useNavigate();
  const { tenant = "" } = filters;
  const reasons = useQuery({ queryKey: ["reasons", tenant], queryFn: () => reasonsOf(tenant), enabled: Boolean(tenant), staleTime: 60_000 });
  const tags = useQuery({ queryKey: ["tags-in-use", tenant], queryFn: () => tagsInUse(tenant), enabled: Boolean(tenant), staleTime: 60_000 });
  if (!tenant) return null;
  const set = (change: Filters) => {
    const given = Object.entries({ ...filters, ...change }).filter(([, value]) => value);
    void navigate({ to: "/finished", search: Object.fromEntries(given) as Filters });
  };
  return (
    <div className="-mt-2 mb-4 grid grid-cols-2 gap-2 sm:grid-cols-5">
      <SelectField label={say("quality.columns.reason")} value={filters.reason ?? ""} onChange={(event) => set({ reason: event.target.value })}>
        <option value="">{say("quality.any")}</option>
        {reasons.data?.map((reason) => (
          <option key={reason.code} value={reason.code}>
            {reason.parent ? "\u2003" : ""}
            {reason.label}
          </option>
        ))}
      </SelectField>
      <SelectField label={say("finding.tag")} value={filters.tag ?? ""} onChange={(event) => set({ tag: event.target.value })}>
        <option value="">{say("quality.any")}</option>
        {tags.data?.map((tag) => (
          <option key={tag.id} value={tag.name}>
            {tag.name}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
