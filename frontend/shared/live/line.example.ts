/** A socket for tests whose frames are lost where a test says so. Every frame is counted, given or not. */

type Handler = ((event: { data: string }) => void) | null;

export class LossySocket {
  static OPEN = 1;
  static CLOSED = 3;
  static all: LossySocket[] = [];
  /** Frames that do not arrive, by their type. */
  static loses: (frame: { type: string }) => boolean = () => false;

  static get last(): LossySocket {
    return LossySocket.all.at(-1)!;
  }

  readyState = LossySocket.OPEN;
  onopen: (() => void) | null = null;
  onmessage: Handler = null;
  onclose: ((end: { code: number }) => void) | null = null;
  sent: { type: string }[] = [];

  constructor(readonly url: string) {
    LossySocket.all.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as { type: string });
  }

  close(): void {
    this.end(1000);
  }

  /** What the server says. */
  say(frame: { type: string; [more: string]: unknown }): void {
    if (!LossySocket.loses(frame)) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  end(code: number): void {
    this.readyState = LossySocket.CLOSED;
    this.onclose?.({ code });
  }

  static reset(): void {
    LossySocket.all = [];
    LossySocket.loses = () => false;
  }
}

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
