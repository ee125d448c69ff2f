import type { ReactNode } from "react";

import { cx } from "./cx";

interface PageProps {
  title: string;
  detail?: ReactNode;
  acts?: ReactNode;
  wide?: boolean;
  /** Nothing in it takes the focus: it takes it itself, to be scrolled by the keys. */
  isForReading?: boolean;
  children: ReactNode;
}

/** A page outside the console: one quiet header line, then the matter. */
export function Page({ title, detail, acts, wide, isForReading, children }: PageProps) {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-surface-1">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2 md:px-6">
        <h1 className="text-15 font-semibold">{title}</h1>
        {detail && <div className="num text-13 text-text-3">{detail}</div>}
        {acts && <div className="ml-auto flex flex-wrap items-center gap-2">{acts}</div>}
      </header>
      <div
        className="relative min-h-0 flex-1 overflow-auto focus-visible:outline-2 focus-visible:-outline-offset-2"
        {...(isForReading && { tabIndex: 0, role: "region", "aria-label": title })}
      >
        <div className={cx("px-4 py-4 md:px-6", !wide && "max-w-5xl")}>{children}</div>
      </div>
    </div>
  );
}

interface Column {
  name: string;
  right?: boolean;
  hideOnPhone?: boolean;
  /** A column of buttons: named for a screen reader only. */
  silent?: boolean;
}

/** Rows of figures: small heads, hairlines, numbers right-aligned and tabular. */
export function Table({ columns, label, children }: { columns: Column[]; label: string; children: ReactNode }) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full border-collapse text-13" aria-label={label}>
        <thead>
          <tr className="border-b border-line text-12 text-text-3">
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={cx("h-8 px-2 font-medium whitespace-nowrap first:pl-0 last:pr-0", column.right ? "text-right" : "text-left", column.hideOnPhone && "max-md:hidden")}
              >
                {column.silent ? <span className="sr-only">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

interface CellProps {
  right?: boolean;
  hideOnPhone?: boolean;
  className?: string;
  children?: ReactNode;
}

export function Cell({ right, hideOnPhone, className, children }: CellProps) {
  return (
    <td className={cx("h-10 px-2 first:pl-0 last:pr-0", right && "num text-right whitespace-nowrap", hideOnPhone && "max-md:hidden", className)}>{children}</td>
  );
}

export function Line({ onOpen, isOpen, children }: { onOpen?: () => void; isOpen?: boolean; children: ReactNode }) {
  return (
    <tr onClick={onOpen} className={cx("border-b border-line", onOpen && "cursor-pointer hover:bg-surface-3", isOpen && "bg-surface-3")}>
      {children}
    </tr>
  );
}
