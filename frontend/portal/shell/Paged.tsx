import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Button } from "../../shared/components/Button";
import { Failure, Skeleton } from "../../shared/components/States";

interface Props<Row> {
  query: Pick<UseInfiniteQueryResult, "isPending" | "isError" | "error" | "refetch" | "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;
  rows: Row[] | undefined;
  more: string;
  /** What stands there when there is nothing. */
  none: ReactNode;
  children: (row: Row) => ReactNode;
}

/** A list that grows by pages: while it comes, when it fails, when there is nothing. */
export function Paged<Row>({ query, rows, more, none, children }: Props<Row>) {
  return (
    <>
      {query.isPending && <Skeleton rows={6} tall />}
      {query.isError && !rows && <Failure error={query.error} retry={() => void query.refetch()} />}
      {rows?.length === 0 && none}
      {rows && rows.length > 0 && <ul className="border-t border-line">{rows.map(children)}</ul>}
      {query.hasNextPage && (
        <Button className="mt-4 h-11" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {more}
        </Button>
      )}
    </>
  );
}
