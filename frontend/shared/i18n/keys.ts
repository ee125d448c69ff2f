/** The dotted keys of a tree of words; plural forms count as their common stem. */
type Stem<K extends string> = K extends `${infer S}_zero` | `${infer S}_one` | `${infer S}_other` | `${infer S}_many` ? S : K;

export type KeyOf<T> = {
  [K in keyof T & string]: T[K] extends string ? Stem<K> : `${K}.${KeyOf<T[K]>}`;
}[keyof T & string];

/** The same tree with any text: what a translation must have. */
export type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export type Params = Record<string, string | number>;

/** All leaf paths of a tree of words, for the test that languages have the same. */
export function pathsOf(tree: object, before = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [before + key] : pathsOf(value as object, `${before}${key}.`),
  );
}
