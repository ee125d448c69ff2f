import type { Accepted, Config, ConversationState, Said } from "./contract";

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

export interface Writing {
  text: string;
  client_key: string;
  language?: string;
  name?: string;
  email?: string;
}

const SECONDS = 20_000;
const UPLOAD_SECONDS = 120_000;

export class Api {
  token: string | null = null;

  constructor(readonly base: string) {}

  config(language: string): Promise<Config> {
    return this.ask("GET", `config?lang=${encodeURIComponent(language)}`);
  }

  openSession(key: string): Promise<{ token: string }> {
    return this.ask("POST", "session", { key });
  }

  conversation(): Promise<ConversationState> {
    return this.ask("GET", "conversation");
  }

  messages(after: number): Promise<{ messages: Said[]; last_seq: number }> {
    return this.ask("GET", `messages?after=${after}`);
  }

  send(writing: Writing, files: readonly File[]): Promise<Accepted> {
    if (!files.length) return this.ask("POST", "messages", writing);
    const form = new FormData();
    for (const [name, value] of Object.entries(writing)) if (value) form.append(name, String(value));
    for (const file of files) form.append("files", file, file.name);
    return this.ask("POST", "messages", form);
  }

  leave(): Promise<unknown> {
    return this.ask("POST", "leave", {});
  }

  async download(url: string): Promise<Blob> {
    const response = await this.fetch(new URL(url, this.base).href, { headers: this.headers() }, UPLOAD_SECONDS);
    if (!response.ok) throw await refusal(response);
    return response.blob();
  }

  socketUrl(): string {
    const url = new URL("/ws/widget/", this.base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("token", this.token ?? "");
    return url.href;
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData;
    const response = await this.fetch(
      new URL(`/api/widget/${path}`, this.base).href,
      {
        method,
        headers: { ...this.headers(), ...(body && !isForm ? { "Content-Type": "application/json" } : {}) },
        body: isForm ? body : body ? JSON.stringify(body) : undefined,
      },
      isForm ? UPLOAD_SECONDS : SECONDS,
    );
    if (!response.ok) throw await refusal(response);
    return (await response.json().catch(() => ({}))) as T;
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
