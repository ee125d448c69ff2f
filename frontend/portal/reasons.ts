import type { useShared } from "../shared/i18n/use";

/** A reason in words where the glossary has it, else the code without its underscores. */
export function nameReason(code: string, shared: ReturnType<typeof useShared>): string {
  if (code === "waiting_customer" || code === "waiting_client") return shared(`clock.${code}`);
  return code.replaceAll("_", " ");
}
