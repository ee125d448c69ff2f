import { useId, type ComponentProps, type ReactNode } from "react";

import { cx } from "./cx";

const BOX =
  "w-full rounded border border-line-strong bg-surface-1 px-2.5 text-13 text-text-1 placeholder:text-text-3 " +
  "focus-visible:outline-2 focus-visible:-outline-offset-1 aria-invalid:border-risk";

interface Around {
  label: string;
  error?: string;
  hint?: string;
}

function Around({ id, label, error, hint, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-12 font-medium text-text-2">
        {label}
      </label>
      {children}
      {(error || hint) && (
        <p id={`${id}-more`} className={cx("text-12", error ? "text-risk" : "text-text-3")}>
          {error || hint}
        </p>
      )}
    </div>
  );
}

function describe(id: string, { error, hint }: Partial<Around>) {
  return { id, "aria-invalid": error ? true : undefined, "aria-describedby": error || hint ? `${id}-more` : undefined };
}

export function TextField({ label, error, hint, className, ...rest }: Around & ComponentProps<"input">) {
  const id = useId();
  return (
    <Around id={id} {...{ label, error, hint }}>
      <input {...describe(id, { error, hint })} className={cx(BOX, "h-8", className)} {...rest} />
    </Around>
  );
}

export function TextArea({ label, error, hint, className, ...rest }: Around & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <Around id={id} {...{ label, error, hint }}>
      <textarea {...describe(id, { error, hint })} className={cx(BOX, "py-1.5", className)} {...rest} />
    </Around>
  );
}

export function SelectField({ label, error, hint, className, children, ...rest }: Around & ComponentProps<"select">) {
  const id = useId();
  return (
    <Around id={id} {...{ label, error, hint }}>
      <select {...describe(id, { error, hint })} className={cx(BOX, "h-8 pr-1", className)} {...rest}>
        {children}
      </select>
    </Around>
  );
}
