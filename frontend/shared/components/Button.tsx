import type { ButtonHTMLAttributes, ReactNode } from "react";

import { cx } from "./cx";

type Kind = "primary" | "plain" | "quiet" | "risk" | "client";

const LOOKS: Record<Kind, string> = {
  primary: "bg-accent text-on-accent border-transparent hover:brightness-110",
  client: "bg-client text-on-client border-transparent hover:brightness-110",
  plain: "bg-surface-1 text-text-1 border-line-strong hover:bg-surface-3",
  quiet: "bg-transparent text-text-2 border-transparent hover:bg-surface-3 hover:text-text-1",
  risk: "bg-surface-1 text-risk border-line-strong hover:bg-risk-soft",
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  small?: boolean;
  keys?: string;
  icon?: ReactNode;
}

export function Button({ kind = "plain", small, keys, icon, className, children, type, ...rest }: ButtonProps) {
  const size = small ? "h-6 px-2 text-12 gap-1" : "h-8 px-3 text-13 gap-1.5";
  return (
    <button
      type={type ?? "button"}
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded border font-medium whitespace-nowrap transition-colors duration-(--quick)",
        "disabled:opacity-50 disabled:pointer-events-none",
        size,
        LOOKS[kind],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
      {keys && <Keys>{keys}</Keys>}
    </button>
  );
}

export function Keys({ children }: { children: string }) {
  return (
    <kbd aria-hidden className="font-sans text-12 font-normal max-md:hidden pointer-coarse:hidden">
      {children}
    </kbd>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded text-text-2 transition-colors duration-(--quick)",
        "hover:bg-surface-3 hover:text-text-1 disabled:opacity-40 disabled:pointer-events-none",
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}
