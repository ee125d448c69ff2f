import { Api, Refused, Unreachable } from "./api";
import type { Event, Promised, Window } from "./contract";
import type { Language } from "./language";
import * as memory from "./memory";
import { offerProblem, problemKey } from "./problems";
import { LiveSocket, waitBefore } from "./socket";
import { type Draft, START, type State } from "./talk_state";
import * as threads from "./thread";
import type { Key } from "./words";

const POLL_WITHOUT_SOCKET = 5_000;
/** With a socket: the last frame may be lost, too, and no later one shows the gap. */
const LOOK_WITH_SOCKET = 30_000;
const TYPING_SHOWN = 6_000;
const TYPING_TOLD = 3_000;
const PEEK_EVERY = 1100;
const PEEK_CHARS = 1000;

/** One shopper's talk with the shop: what is known, what is on its way, and the socket that says when to look. */
export class Talk {
  state: State = START;
  private readonly listeners = new Set<() => void>();
  private readonly socket: LiveSocket;
  private who: Pick<Draft, "name" | "email"> = { name: "", email: "" };
  private flushing = false;
  private attempt = 0;
  private line: string;
  private asking: Promise<void> | null = null;
  private askAgain = false;
  /** The last look got no answer: what rang for it must not be forgotten. */
  private wasUnanswered = false;
  /** A delivery state changed from this number on. */
  private changedFrom = Infinity;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private loadTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTold = 0;
  private peekTimer: ReturnType<typeof setTimeout> | undefined;
  /** The message for which a refused session was already opened anew: once is enough. */
  private renewedFor: string | null = null;

  constructor(
    readonly api: Api,
    line: string,
    private readonly language: () => Language,
  ) {
    this.line = line;
    this.state = { ...START, online: navigator.onLine };
    this.socket = new LiveSocket({
      url: () => api.socketUrl(),
      onEvent: (event) => this.hear(event),
      onLink: (link) => this.set({ link, isDeaf: false }),
      onRefused: () => this.forgetSession(),
    });
    window.addEventListener("online", () => this.comeBack());
    window.addEventListener("offline", () => {
      this.set({ online: false });
      this.socket.drop();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.api.token) void this.look();
    });
    setInterval(() => this.isOnItsOwn() && void this.look(), POLL_WITHOUT_SOCKET);
    setInterval(() => !this.isOnItsOwn() && this.state.link === "live" && !document.hidden && void this.look(), LOOK_WITH_SOCKET);
  }

  private isOnItsOwn(): boolean {
    const { link, isDeaf, online } = this.state;
    return Boolean(this.api.token) && (link !== "live" || isDeaf || this.wasUnanswered) && online && !document.hidden;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Read the shop's configuration, and go on with an earlier conversation if there is one. */
  async load(): Promise<void> {
    this.set({ phase: "loading" });
    try {
      const config = await this.api.config(this.language());
      this.line ||= config.key;
      this.set({ phase: "ready", config });
    } catch (error) {
      this.set({ phase: error instanceof Refused && error.status !== 500 ? "unavailable" : "failed" });
      if (error instanceof Unreachable) this.loadAgain();
      return;
    }
    this.attempt = 0;
    const kept = memory.recall(this.line);
    if (this.api.token) return;
    this.restorePending();
    if (!kept) return;
    this.api.token = kept.token;
    this.set({ read: kept.read });
    this.socket.start();
    await this.look();
  }

  private loadAgain(): void {
    clearTimeout(this.loadTimer);
    this.loadTimer = setTimeout(() => this.state.phase === "failed" && void this.load(), waitBefore(this.attempt, Math.random()) + 1000);
    this.attempt += 1;
  }

  /** What was written and had not left when the page was closed leaves now, under the keys it had. */
  private restorePending(): void {
    const kept = memory.recallPending(this.line);
    if (!kept.length || this.state.thread.pending.length) return;
    const thread = kept.reduce((so, own) => threads.write(so, { ...own, files: [] }), this.state.thread);
    this.setThread(thread);
    void this.flush();
  }

  /** The waiting time ages: ask again when the shopper opens the panel. */
  async refreshConfig(): Promise<void> {
    try {
      this.set({ config: await this.api.config(this.language()) });
    } catch {
      return;
    }
  }

  write(draft: Draft): void {
    this.who = { name: draft.name.trim(), email: draft.email.trim() };
    const clientKey = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const at = new Date().toISOString();
    this.setThread(threads.write(this.state.thread, { clientKey, text: draft.text, files: draft.files, at }));
    this.set({ hasLeft: false, refusedFiles: [] });
    void this.flush();
  }

  retry(clientKey: string): void {
    this.setThread(threads.change(this.state.thread, clientKey, { state: "sending", problem: undefined }));
    void this.flush();
  }

  /** Take a message that failed back into the composer. */
  takeBack(clientKey: string): void {
    this.setThread(threads.forget(this.state.thread, clientKey));
  }

  markRead(): void {
    const read = this.state.thread.lastSeq;
    if (read <= this.state.read) return;
    this.set({ read });
    if (this.api.token) memory.keep(this.line, { token: this.api.token, read });
  }

  /** What stands in the box goes along only where the shop says so, and the chat has told the shopper. */
  tellTyping(text: string): void {
    if (this.state.config?.sneak_peek) return this.showTyped(text);
    if (!text || Date.now() - this.typingTold < TYPING_TOLD) return;
    this.typingTold = Date.now();
    this.socket.send({ type: "typing" });
  }

  private showTyped(text: string): void {
    clearTimeout(this.peekTimer);
    const tell = () => {
      this.typingTold = Date.now();
      this.socket.send({ type: "typing", text: text.slice(-PEEK_CHARS) });
    };
    const wait = this.typingTold + PEEK_EVERY - Date.now();
    if (wait <= 0 || !text) tell();
    else this.peekTimer = setTimeout(tell, wait);
  }

  async leave(): Promise<void> {
    try {
      await this.api.leave();
      this.set({ hasLeft: true });
      await this.look();
    } catch {
      return;
    }
  }

  askForCall(phone: string, window: Window): Promise<Key | null> {
    return this.instead(() => this.api.askForCall(phone, window));
  }

  askForMail(email: string): Promise<Key | null> {
    return this.instead(() => this.api.askForMail(email));
  }

  waitOn(): Promise<Key | null> {
    return this.instead(() => this.api.waitOn());
  }

  /** What went wrong, in words for the shopper; null if nothing did. */
  private async instead(step: () => Promise<{ promise: Promised | null }>): Promise<Key | null> {
    try {
      const { promise } = await step();
      this.set({ promise, offers: null });
      await this.look();
      return null;
    } catch (error) {
      if (error instanceof Refused) void this.look();
      return offerProblem(error);
    }
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private setThread(thread: threads.Thread): void {
    if (thread.pending !== this.state.thread.pending) memory.keepPending(this.line, thread.pending);
    this.set({ thread });
  }

  private comeBack(): void {
    this.set({ online: true });
    this.attempt = 0;
    if (this.api.token) {
      this.socket.hurry();
      void this.look();
    } else if (this.state.phase === "failed") void this.load();
    void this.flush();
  }

  private hear(event: Event): void {
    switch (event.type) {
      case "typing":
        this.set({ isTyping: true });
        clearTimeout(this.typingTimer);
        this.typingTimer = setTimeout(() => this.set({ isTyping: false }), TYPING_SHOWN);
        return;
      case "live.away":
        return this.set({ isDeaf: true });
      case "message.added":
        if (event.seq > this.state.thread.upTo) void this.look();
        return;
      case "message.state":
        this.changedFrom = Math.min(this.changedFrom, event.seq);
        void this.look();
        return;
      case "resync":
        this.set({ isDeaf: false });
        void this.look();
        return;
      case "wait.changed":
        if (event.conversation === this.state.conversation) {
          this.set({ position: event.position, wait: { kind: event.kind, minutes: event.minutes ?? 0 } });
          // What may be chosen instead is asked for when it changes.
          if (Boolean(event.is_long) !== Boolean(this.state.offers)) void this.look();
        }
        return;
      case "conversation.changed":
      case "hello":
        void this.look();
    }
  }

  /** Ask what is so. Doorbells that ring meanwhile are answered by one more look. */
  look(): Promise<void> {
    if (this.asking) {
      this.askAgain = true;
      return this.asking;
    }
    this.asking = this.readConversation()
      .then(() => {
        this.wasUnanswered = false;
      })
      .catch((error: unknown) => {
        this.wasUnanswered = true;
        if (error instanceof Refused && (error.status === 401 || error.status === 403)) this.forgetSession();
      })
      .finally(() => {
        this.asking = null;
        if (this.askAgain) {
          this.askAgain = false;
          void this.look();
        }
      });
    return this.asking;
  }

  private async readConversation(): Promise<void> {
    const changedFrom = this.changedFrom;
    this.changedFrom = Infinity;
    const from = Math.min(this.state.thread.upTo, changedFrom - 1);
    let now = await this.api.conversation(from);
    const isOther = this.state.conversation !== null && now.conversation !== this.state.conversation;
    if (isOther && from > 0) now = await this.api.conversation(0);
    const before = isOther ? { ...this.state.thread, said: [], lastSeq: 0, upTo: 0 } : this.state.thread;
    const thread = threads.merge(before, now.messages ?? [], now.up_to);
    const heard = thread.said.at(-1)?.author === "agent" && thread.lastSeq > before.lastSeq;
    this.setThread(thread);
    this.set({
      conversation: now.conversation,
      caseNumber: now.case_number || null,
      status: now.status,
      agent: now.agent?.alias ?? null,
      position: now.position,
      wait: now.wait,
      offers: now.offers,
      promise: now.promise,
      ...(heard ? { isTyping: false } : {}),
      ...(isOther ? { read: 0 } : {}),
    });
    // A page may hold less than all there is.
    if (now.up_to < now.last_seq) this.askAgain = true;
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    clearTimeout(this.retryTimer);
    try {
      for (let next = this.nextToSend(); next; next = this.nextToSend()) {
        if (!(await this.sendOne(next))) return;
      }
    } finally {
      this.flushing = false;
    }
  }

  private nextToSend(): threads.Pending | undefined {
    return this.state.thread.pending.find((own) => own.seq === undefined && own.state !== "failed");
  }

  private async sendOne(own: threads.Pending): Promise<boolean> {
    try {
      await this.openSession();
      const { name, email } = this.who;
      const accepted = await this.api.send(
        {
          text: own.text,
          client_key: own.clientKey,
          language: this.language(),
          ...(name && { name }),
          ...(email && { email }),
        },
        own.files,
      );
      this.renewedFor = null;
      this.attempt = 0;
      this.setThread(threads.settle(this.state.thread, own.clientKey, accepted.seq));
      this.set({
        caseNumber: accepted.case_number || this.state.caseNumber,
        refusedFiles: accepted.refused_files ?? [],
      });
      memory.keep(this.line, { token: this.api.token ?? "", read: this.state.read });
      this.socket.start();
      // Another conversation than the one the socket listens to: have it look again.
      if (accepted.conversation !== this.state.conversation) this.socket.send({ type: "look" });
      void this.look();
      return true;
    } catch (error) {
      return this.fail(own, error);
    }
  }

  private async openSession(): Promise<void> {
    if (this.api.token) return;
    const { token } = await this.api.openSession(this.line);
    this.api.token = token;
  }

  private fail(own: threads.Pending, error: unknown): boolean {
    if (error instanceof Refused && error.status === 401 && this.renewedFor !== own.clientKey) {
      this.renewedFor = own.clientKey;
      this.forgetSession();
      return true;
    }
    if (error instanceof Unreachable) {
      this.setThread(threads.change(this.state.thread, own.clientKey, { state: "waiting" }));
      this.retryTimer = setTimeout(() => void this.flush(), waitBefore(this.attempt, Math.random()) + 500);
      this.attempt += 1;
      return false;
    }
    const problem = error instanceof Refused ? problemKey(error) : "server_down";
    this.setThread(threads.change(this.state.thread, own.clientKey, { state: "failed", problem }));
    return true;
  }

  private forgetSession(): void {
    this.api.token = null;
    memory.drop(this.line);
    this.socket.stop();
  }
}
