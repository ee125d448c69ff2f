/** Loose on purpose: the server decides, this only catches a slip before it is sent. Nothing written is fine. */
export function looksLikeMail(text: string): boolean {
  return text.trim() === "" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}
