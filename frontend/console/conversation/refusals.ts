import type { talk } from "../words/en/talk";

export interface RefusedFile {
  name: string;
  reason: string;
}

type Reason = keyof (typeof talk)["refused"];

const REASONS: readonly string[] = [
  "file_type",
  "file_ending",
  "file_mismatch",
  "image_broken",
  "image_too_large",
  "archive_too_large",
  "file_too_big",
  "file_empty",
  "too_many_files",
];

/** The words for the server's reason; a reason that this version does not know is said in general. */
export function refusalWords(reason: string): `talk.refused.${Reason}` {
  return `talk.refused.${REASONS.includes(reason) ? (reason as Reason) : "other"}`;
}
