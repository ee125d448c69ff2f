import type { Key } from "./words";

export interface RefusedFile {
  name: string;
  reason: string;
}

// Not looked up in the words: their file is fetched apart, and this is asked without it.
const REASONS = [
  "file_type",
  "file_ending",
  "file_mismatch",
  "image_broken",
  "image_too_large",
  "archive_too_large",
  "file_too_big",
  "file_empty",
  "too_many_files",
] as const;

/** The sentence that says why the server did not take a file. */
export function refusalKey(reason: string): Key {
  const known = REASONS.find((each) => each === reason);
  return known ? `refused_${known}` : "file_refused";
}
