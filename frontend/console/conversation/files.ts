/** Files given back to a composer by what was not sent. */

const waiting = new Map<string, readonly File[]>();

export function giveBack(conversation: string, files: readonly File[]): void {
  if (files.length === 0) return;
  waiting.set(conversation, files);
  window.dispatchEvent(new CustomEvent("files", { detail: conversation }));
}

export function takeBack(conversation: string): readonly File[] {
  const found = waiting.get(conversation) ?? [];
  waiting.delete(conversation);
  return found;
}
