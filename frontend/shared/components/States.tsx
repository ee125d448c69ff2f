import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";

import { ApiError } from "../api/http";
import { useShared } from "../i18n/use";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { cx } from "./cx";

interface NoticeProps {
  icon?: IconName;
  title: string;
  text?: string;
  small?: boolean;
  act?: ReactNode;
}

/** What a panel says when it has nothing to show: what is so, and what to do next. */
export function Notice({ icon, title, text, small, act }: NoticeProps) {
  return (
    <div className={cx("flex flex-col items-center justify-center gap-1 px-6 text-center", small ? "py-6" : "py-16")}>
      {icon && <Icon name={icon} size={small ? 18 : 22} className="mb-1 text-text-3" />}
      <p className="text-13 font-medium text-text-1">{title}</p>
      {text && <p className="max-w-80 text-13 text-text-2">{text}</p>}
      {act && <div className="mt-3">{act}</div>}
    </div>
  );
}

/** Grey bars, only if waiting lasts longer than 150 ms. */
export function Skeleton({ rows = 4, tall }: { rows?: number; tall?: boolean }) {
  const say = useShared();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div role="status" aria-label={say("loading")} className="flex flex-col gap-3 p-4">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={cx("pulse rounded bg-surface-4", tall ? "h-14" : "h-4")} style={{ width: `${92 - ((row * 23) % 40)}%` }} />
      ))}
    </div>
  );
}

/** Why a question to the API went without an answer, with a way on. */
export function Failure({ error, retry, small }: { error: unknown; retry?: () => void; small?: boolean }) {
  const say = useShared();
  const known = error instanceof ApiError ? error : undefined;
  const again = retry && <Button onClick={retry}>{say("retry")}</Button>;
  if (known?.offline) return <Notice small={small} icon="wifi_off" title={say("offline.title")} text={say("offline.text")} act={again} />;
  if (known && [401, 403, 404].includes(known.status))
    return <Notice small={small} icon="person" title={say("denied.title")} text={say("denied.text")} />;
  const why = known?.message ?? "";
  return <Notice small={small} icon="warn" title={say("failed.title")} text={say("failed.text", { why })} act={again} />;
}

interface AskedProps<T> {
  query: UseQueryResult<T>;
  rows?: number;
  small?: boolean;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** One query's five states: loading, failed, offline, not allowed, empty; else its data. */
export function Asked<T>({ query, rows, small, isEmpty, empty, children }: AskedProps<T>) {
  if (query.data !== undefined) return isEmpty?.(query.data) ? empty : children(query.data);
  if (query.isError) return <Failure small={small} error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}
