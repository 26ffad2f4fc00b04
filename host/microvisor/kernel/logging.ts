import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Range } from './guest-memory.js';
import type { Kernel } from './kernel.js';
import { type Calls, refuse } from './statuses.js';

/** mvServerLoggingInit and mvServerLog; lines wait in the application's buffer while the link is down. */
export class Logging {
  #buffer: Range | undefined;
  #waiting: string[] = [];
  #waitingBytes = 0;
  readonly #decoder = new TextDecoder();

  constructor(private readonly kernel: Kernel) {}

  calls(): Calls {
    return {
      mvServerLoggingInit: (buffer, length) => this.#init(buffer, length),
      mvServerLog: (message, length) => this.#log(message, length & 0xffff),
    };
  }

  /** The buffer that the application gave, if it did. */
  buffers(): Range[] {
    return this.#buffer ? [this.#buffer] : [];
  }

  /** A line that did not come through mvServerLog, for example from mv_host_print. */
  print(bytes: Uint8Array): void {
    this.#put(this.#decoder.decode(bytes));
  }

  tick(): void {
    if (!this.kernel.network.link) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const line of lines) this.#put(line);
  }

  #put(text: string): void {
    this.kernel.log(text);
    this.kernel.emit({ event: 'log', text });
  }

  #init(address: number, size: number): void {
    const { memory, limits } = this.kernel;
    memory.check(address, size);
    if (address % limits.bufferUnit !== 0) refuse(MvStatus.INVALIDBUFFERALIGNMENT);
    if (size === 0 || size % limits.bufferUnit !== 0) refuse(MvStatus.INVALIDBUFFERSIZE);
    this.#buffer = { address, size };
  }

  #log(address: number, length: number): void {
    const buffer = this.#buffer ?? refuse(MvStatus.UNAVAILABLE);
    const bytes = this.kernel.memory.copy(address, length);
    if (!this.kernel.behaviour.serverLogging) refuse(MvStatus.LOGGINGDISABLEDBYSERVER);
    if (length > this.kernel.limits.logMessageBytes) refuse(MvStatus.LOGMESSAGETOOLONG);
    if (this.#waitingBytes + length > buffer.size) refuse(MvStatus.INVALIDBUFFERSIZE);
    const text = this.#decoder.decode(bytes);
    if (this.kernel.network.link) {
      this.#put(text);
      return;
    }
    this.#waiting.push(text);
    this.#waitingBytes += length;
  }
}
