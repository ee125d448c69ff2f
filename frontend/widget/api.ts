import type { paths } from "../shared/api-shop";
import type { Answer } from "../shared/api/typed";
import type { Window, Writing } from "./contract";

/** The server understood and refused; `fields` says which input and why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** No answer came: the request may or may not have arrived, so it is repeated under the same client key. */
export class Unreachable extends Error {}

type Verb = "get" | "post";
type Place<Path extends string> = `/api/widget/${Path}` & keyof paths;

const SECONDS = 20_000;
const UPLOAD_SECONDS = 120_000;

export class Api {
  token: string | null = null;

  constructor(readonly base: string) {}

  config(language: string) {
    return this.ask("get", "config", { query: `?lang=${encodeURIComponent(language)}` });
  }

  openSession(key: string) {
    return this.ask("post", "session", { body: { key } });
  }

  /** How it stands, and the messages after a number. */
  conversation(after: number) {
    return this.ask("get", "conversation", { query: `?after=${after}` });
  }

  messages(after: number) {
    return this.ask("get", "messages", { query: `?after=${after}` });
  }

  send(writing: Writing, files: readonly File[]) {
    if (!files.length) return this.ask("post", "messages", { body: writing });
    const form = new FormData();
    for (const [name, value] of Object.entries(writing)) if (value) form.append(name, String(value));
    for (const file of files) form.append("files", file, file.name);
    return this.ask("post", "messages", { body: form });
  }

  leave() {
    return this.ask("post", "leave", { body: {} });
  }

  askForCall(phone: string, { starts_at, ends_at }: Window) {
    return this.ask("post", "callback", { body: { phone, starts_at, ends_at } });
  }

  askForMail(email: string) {
    return this.ask("post", "by-mail", { body: { email } });
  }

  waitOn() {
    return this.ask("post", "wait-on", { body: {} });
  }

  /** A link to a file that is good for some minutes; those that came with the messages may be older. */
  async linkTo(attachment: string): Promise<string> {
    const response = await this.fetch(new URL(`/api/widget/attachments/${attachment}`, this.base).href, { headers: this.headers() }, SECONDS);
    if (!response.ok) throw await refusal(response);
    return ((await response.json()) as { url: string }).url;
  }

  socketUrl(): string {
    const url = new URL("/ws/widget/", this.base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", this.token ?? "");
    return url.href;
  }

  private async ask<V extends Verb, Path extends string>(
    verb: V,
    path: Path,
    { query = "", body }: { query?: string; body?: object } = {},
  ): Promise<Answer<paths, V, Place<Path>>> {
    const isForm = body instanceof FormData;
    const response = await this.fetch(
      new URL(`/api/widget/${path}${query}`, this.base).href,
      {
        method: verb.toUpperCase(),
        headers: { ...this.headers(), ...(body && !isForm ? { "Content-Type": "application/json" } : {}) },
        body: isForm ? body : body ? JSON.stringify(body) : undefined,
      },
      isForm ? UPLOAD_SECONDS : SECONDS,
    );
    if (!response.ok) throw await refusal(response);
    return (await response.json().catch(() => ({}))) as Answer<paths, V, Place<Path>>;
  }

  private headers(): Record<string, string> {
    return this.token ? { Authorization: `Widget ${this.token}` } : {};
  }

  private async fetch(url: string, init: RequestInit, time: number): Promise<Response> {
    try {
      return await fetch(url, { ...init, credentials: "omit", signal: AbortSignal.timeout(time) });
    } catch {
      throw new Unreachable();
    }
  }
}

async function refusal(response: Response): Promise<Error> {
  if (response.status >= 502 && response.status <= 504) return new Unreachable();
  const body = (await response.json().catch(() => ({}))) as { code?: string; message?: string; fields?: Record<string, string> };
  return new Refused(response.status, body.code ?? "", body.message ?? "", body.fields);
}
