/** What of a reply is still to be filled in: ``[[…]]`` and ``{{…}}``, as the server sees it (automation/filling.py). */

export interface Blank {
  start: number;
  end: number;
  what: string;
}

const BLANK = /\[\[([^[\]]{0,200})\]\]|\{\{([^{}]{0,200})\}\}/g;

export function blanksIn(text: string): Blank[] {
  return [...text.matchAll(BLANK)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
    what: (found[1] ?? found[2] ?? "").trim(),
  }));
}

/** The one after the caret, or the first. */
export function nextBlank(text: string, caret: number): Blank | undefined {
  const all = blanksIn(text);
  return all.find((blank) => blank.start >= caret) ?? all[0];
}

/** The words alone: one more space does not make a reply personal. */
export const gist = (text: string) => text.split(/\s+/).filter(Boolean).join(" ").toLowerCase();

/** Server offsets count code points; the browser counts UTF-16 units. */
export function unitsOf(text: string, spans: Record<string, string>): { start: number; end: number; kind: string }[] {
  const letters = [...text];
  const at = (place: number) => letters.slice(0, place).join("").length;
  return Object.entries(spans)
    .map(([span, kind]) => {
      const [start = 0, end = 0] = span.split("-").map(Number);
      return { start: at(start), end: at(end), kind };
    })
    .sort((one, other) => one.start - other.start);
}

/** For the editor's preview: variables as an agent would see them. */
export function fillWith(text: string, values: Record<string, string>): string {
  return text.replace(/\{\{\s*([^{}\n]{0,80}?)\s*\}\}/g, (whole, name: string) => values[name] ?? whole);
}
