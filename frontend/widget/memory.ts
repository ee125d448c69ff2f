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
