import type { useShared } from "../shared/i18n/use";

const WORDED = ["waiting_customer", "waiting_client", "client_asked", "client_answered", "withdrawn"] as const;

/** A reason in words where the glossary has it, else the code without its underscores. */
export function nameReason(code: string, shared: ReturnType<typeof useShared>): string {
  const known = WORDED.find((each) => each === code);
  if (known) return shared(`clock.${known}`);
  return code.replaceAll("_", " ");
}
