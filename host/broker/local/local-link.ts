/** How a local client reaches its engine. */
export interface LocalLinkOptions {
  now: () => number;
  /** Runs work after the call that is going on. */
  defer: (work: () => void) => void;
  /** Hands bytes to the engine. */
  receive(bytes: Uint8Array): void;
  drained(): void;
  /** Messages that the engine holds for this client id. */
  pending(clientId: string): number;
  /** The client ended the connection. */
  lost(): void;
}

/**
 * One connection without a network. What the engine sends waits here until its call is over, because a transport must not call
 * back into the engine; then it is handed on piece by piece.
 */
export class LocalLink {
  readonly #options: LocalLinkOptions;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isScheduled = false;
  /** The engine ended the connection; what it sent before is handed on first. */
  #isEnded = false;
  #onBytes: (bytes: Uint8Array) => void = () => {};
  #onTurn: () => void = () => {};
  #onEnd: () => void = () => {};
  /** Bytes that the client has not handled. */
  #held: () => number = () => 0;
  #wasBehind = false;
  #isPaused = false;
  /** What the client has sent and the engine has not taken. */
  readonly #unread: Uint8Array[] = [];

  constructor(options: LocalLinkOptions) {
    this.#options = options;
  }

  /** @param held bytes that the client has taken and not handled */
  listen(handlers: { bytes(bytes: Uint8Array): void; turn(): void; end(): void; held(): number }): void {
    this.#onBytes = (bytes) => handlers.bytes(bytes);
    this.#onTurn = () => handlers.turn();
    this.#onEnd = () => handlers.end();
    this.#held = () => handlers.held();
  }

  get now(): number {
    return this.#options.now();
  }

  /** For the engine: it holds messages back while this is large, and `caughtUp` tells it to go on. */
  get backlog(): number {
    const bytes = this.#bytes + this.#held();
    if (bytes > 0) this.#wasBehind = true;
    return bytes;
  }

  /** The engine has not taken what the client sent. */
  get isSlow(): boolean {
    return this.#unread.length > 0;
  }

  pending(clientId: string): number {
    return this.#options.pending(clientId);
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.schedule();
  }

  end(): void {
    this.#isEnded = true;
    this.schedule();
  }

  /** Makes sure that there is a turn after the call that is going on. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.defer(() => this.#run());
  }

  receive(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (this.#isPaused || this.#unread.length > 0) this.#unread.push(bytes);
    else this.#options.receive(bytes);
  }

  /** The engine takes nothing until `resume`: the client's bytes wait here. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#unread.length > 0) this.schedule();
  }

  /** The client ends the connection. */
  close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.lost();
    this.schedule();
  }

  /** The client has handled something. */
  caughtUp(): void {
    if (this.#isEnded || !this.#wasBehind || this.#bytes + this.#held() > 0) return;
    this.#wasBehind = false;
    this.#options.drained();
  }

  #run(): void {
    this.#isScheduled = false;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    for (const bytes of chunks) this.#onBytes(bytes);
    while (this.#unread.length > 0 && !this.#isPaused && !this.#isEnded) this.#options.receive(this.#unread.shift()!);
    this.#onTurn();
    if (this.#isEnded && this.#chunks.length === 0) this.#onEnd();
    else this.caughtUp();
  }
}
