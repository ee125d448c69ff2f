/** What stays on the shopper's device, and only once they have written: their token and how far they read. */
export interface Kept {
  token: string;
  read: number;
}

export function memoryKey(line: string): string {
  return `centralita:${line}`;
}

export function recall(line: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(memoryKey(line)) ?? "null") as Partial<Kept> | null;
    return kept?.token ? { token: kept.token, read: kept.read ?? 0 } : null;
  } catch {
    return null;
  }
}

/** Where the browser refuses storage, the conversation lives as long as the page. */
export function keep(line: string, kept: Kept): void {
  try {
    localStorage.setItem(memoryKey(line), JSON.stringify(kept));
  } catch {
    return;
  }
}

export function drop(line: string): void {
  try {
    localStorage.removeItem(memoryKey(line));
  } catch {
    return;
  }
}

/** A message that has not left yet; its files live as long as the page. */
export interface KeptPending {
  clientKey: string;
  text: string;
  at: string;
}

export function recallPending(line: string): KeptPending[] {
  try {
    const kept = JSON.parse(localStorage.getItem(`${memoryKey(line)}:pending`) ?? "[]") as KeptPending[];
    return kept.filter((own) => own.clientKey && own.text);
  } catch {
    return [];
  }
}

export function keepPending(line: string, pending: readonly (KeptPending & { seq?: number; files: readonly File[] })[]): void {
  const kept = pending.filter((own) => own.seq === undefined && own.files.length === 0).map(({ clientKey, text, at }) => ({ clientKey, text, at }));
  try {
    if (kept.length) localStorage.setItem(`${memoryKey(line)}:pending`, JSON.stringify(kept));
    else localStorage.removeItem(`${memoryKey(line)}:pending`);
  } catch {
    return;
  }
}
