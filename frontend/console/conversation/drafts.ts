/** What was typed and not sent, one draft per conversation and kind, kept over reloads. */

export type Mode = "reply" | "note";

const name = (conversation: string, mode: Mode) => `centralita.draft.${conversation}.${mode}`;

export function draftOf(conversation: string, mode: Mode): string {
  return localStorage.getItem(name(conversation, mode)) ?? "";
}

export function keepDraft(conversation: string, mode: Mode, text: string): void {
  if (text.trim()) localStorage.setItem(name(conversation, mode), text);
  else localStorage.removeItem(name(conversation, mode));
}

/** On signing out: the next person at this machine finds nothing. */
export function dropDrafts(): void {
  Object.keys(localStorage)
    .filter((key) => key.startsWith("centralita.draft.") || key.startsWith("centralita.outbox"))
    .forEach((key) => localStorage.removeItem(key));
}
