import { useMutation } from "@tanstack/react-query";

import { Button } from "../../shared/components/Button";
import { cx } from "../../shared/components/cx";
import { Icon } from "../../shared/components/Icon";
import { ApiError } from "../../shared/api/http";
import * as api from "../api";
import { useWords, type Key } from "../words/load";
import { sha256 } from "./hash";

interface Verdict {
  holds: boolean;
  words: Key;
}

/** Compute the hash here from the report's own data; where the browser cannot, the server's check is told as such. */
async function check(report: api.Report): Promise<Verdict> {
  const response = await fetch(report.data_url, { credentials: "same-origin" });
  if (!response.ok) throw new ApiError(response.status, "server", response.statusText);
  const found = await sha256(await response.arrayBuffer());
  if (found !== null) {
    const holds = found === report.data_sha256;
    return { holds, words: holds ? "reports.checks" : "reports.fails" };
  }
  const { holds } = await api.checkReport(report.id);
  return { holds, words: holds ? "reports.checked_there" : "reports.fails_there" };
}

export function HashCheck({ report }: { report: api.Report }) {
  const say = useWords();
  const checking = useMutation({ mutationFn: () => check(report) });
  return (
    <div className="pt-2">
      <p>
        {say("reports.hash")}. {say("reports.shown")}
      </p>
      <p className="figures font-medium break-all text-text-1">{report.data_sha256}</p>
      {!checking.data && (
        <Button kind="quiet" className="-ml-3 h-11 sm:h-9" disabled={checking.isPending} onClick={() => checking.mutate()}>
          {say(checking.isPending ? "reports.checking" : "reports.check")}
        </Button>
      )}
      <p role="status" className={cx("flex items-center gap-2 empty:hidden", checking.data?.holds ? "text-ok" : "text-risk")}>
        {checking.data && (
          <>
            <Icon name={checking.data.holds ? "check" : "warn"} />
            {say(checking.data.words)}
          </>
        )}
        {checking.isError && checking.error.message}
      </p>
    </div>
  );
}
