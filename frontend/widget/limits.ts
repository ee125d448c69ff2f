import type { Limits } from "./contract";
import type { Say } from "./words";

/** "10 MB", in the reader's language; whole numbers, since a limit is a round figure. */
export function nameSize(bytes: number, language: string): string {
  const [amount, unit] = bytes >= 1024 * 1024 ? [bytes / 1024 / 1024, "megabyte"] : [bytes / 1024, "kilobyte"];
  const rounded = amount >= 10 ? Math.round(amount) : Math.ceil(amount * 10) / 10;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(rounded);
}

/** Length as the server counts it: code points, not UTF-16 units. */
export function countCharacters(text: string): number {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}

export interface Sorted {
  kept: File[];
  /** One sentence for each file that was left out. */
  refusals: string[];
}

/** Which of the chosen files fit beside those already there, and why the others do not. */
export function sortFiles(
  present: readonly File[],
  chosen: readonly File[],
  limits: Limits,
  language: string,
  say: Say,
): Sorted {
  const kept = [...present];
  const refusals: string[] = [];
  for (const file of chosen) {
    const name = file.name;
    if (file.size === 0) refusals.push(say("file_empty", { name }));
    else if (file.size > limits.attachment_bytes) {
      refusals.push(say("file_too_big", { name, size: nameSize(limits.attachment_bytes, language) }));
    } else if (kept.length >= limits.attachments) {
      refusals.push(say("file_too_many", { name, count: limits.attachments }));
    } else if (!kept.some((other) => other.name === name && other.size === file.size)) kept.push(file);
  }
  return { kept, refusals };
}
