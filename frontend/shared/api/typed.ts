/** Calls typed by a generated schema: the path, what fills it, the body, and the answer. */

import { ask } from "./http";

type Verb = "get" | "post" | "put" | "patch" | "delete";
type Does<Paths, V extends Verb> = { [Path in keyof Paths]: Paths[Path] extends Record<V, object> ? Path : never }[keyof Paths];
type Operation<Paths, V extends Verb, Path extends keyof Paths> = Paths[Path] extends Record<V, infer Found> ? Found : never;

type Json<Found> = Found extends { content: { "application/json": infer Body } } ? Body : never;
/** What an operation answers when all is well. */
export type Answer<Paths, V extends Verb, Path extends keyof Paths> =
  Operation<Paths, V, Path> extends { responses: infer Codes } ? Json<Codes[keyof Codes & (200 | 201)]> : never;
/** What an operation takes. */
export type Body<Paths, V extends Verb, Path extends keyof Paths> =
  Operation<Paths, V, Path> extends { requestBody?: infer Taken } ? Json<Exclude<Taken, undefined>> : never;

/** What takes nothing but a form, with files. */
type Form<Found> = Found extends { requestBody: { content: { "multipart/form-data": unknown } } } ? { body: FormData } : { body?: never };

type Part<Found, Name extends string> = Found extends { parameters: { [N in Name]: infer Filled } } ? Filled : undefined;
type Query<Found> = Found extends { parameters: { query?: infer Asked } } ? Exclude<Asked, undefined> : never;

type Filling<Paths, V extends Verb, Path extends keyof Paths> = (Part<Operation<Paths, V, Path>, "path"> extends undefined
  ? { path?: never }
  : { path: Part<Operation<Paths, V, Path>, "path"> }) &
  ([Query<Operation<Paths, V, Path>>] extends [never] ? { query?: never } : { query?: Query<Operation<Paths, V, Path>> }) &
  ([Body<Paths, V, Path>] extends [never] ? Form<Operation<Paths, V, Path>> : { body: Body<Paths, V, Path> | FormData }) & { signal?: AbortSignal };

type Filled<Paths, V extends Verb, Path extends keyof Paths> =
  Record<never, never> extends Filling<Paths, V, Path> ? [filling?: Filling<Paths, V, Path>] : [filling: Filling<Paths, V, Path>];

interface Loose {
  path?: object;
  query?: object;
  body?: object;
  signal?: AbortSignal;
}

/** GET, POST, PUT, PATCH and DELETE for the paths of one door. */
export function callsOf<Paths>() {
  const call =
    <V extends Verb>(verb: V) =>
    <Path extends Does<Paths, V>>(path: Path, ...[filling]: Filled<Paths, V, Path>): Promise<Answer<Paths, V, Path>> => {
      const { path: parts, query, body, signal } = (filling ?? {}) as Loose;
      return ask(verb.toUpperCase(), address(path as string, parts, query), body ?? (verb === "get" || verb === "delete" ? undefined : {}), signal);
    };
  return { get: call("get"), post: call("post"), put: call("put"), patch: call("patch"), remove: call("delete") };
}

/** The path with its parts filled in; what is asked with no value is left out. */
export function address(path: string, parts: object = {}, query: object = {}): string {
  const given = new Map(Object.entries(parts as Record<string, string | number>));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.get(name) ?? ""));
  const asked = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  return asked.length ? `${filled}?${new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))}` : filled;
}
