import { en, type Key } from "./words/en";

export interface RefusedFile {
  name: string;
  reason: string;
}

/** The sentence that says why the server did not take a file. */
export function refusalKey(reason: string): Key {
  const key = `refused_${reason}`;
  return key in en ? (key as Key) : "file_refused";
}
