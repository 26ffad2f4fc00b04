import { MvStatus } from '../../../build/abi/microvisor.js';
import type { Range } from './guest-memory.js';
import type { Network } from './network.js';
import type { Services } from './services.js';
import { type Calls, refuse } from './statuses.js';

/** mvServerLoggingInit and mvServerLog; lines wait in the application's buffer while the link is down. */
export class Logging {
  readonly #services: Services;
  readonly #network: Pick<Network, 'link'>;
  #buffer: Range | undefined;
  #waiting: string[] = [];
  #waitingBytes = 0;
  readonly #decoder = new TextDecoder();

  constructor(services: Services, network: Pick<Network, 'link'>) {
    this.#services = services;
    this.#network = network;
  }

  readonly calls: Calls = {
    mvServerLoggingInit: (buffer, length) => this.#init(buffer, length),
    mvServerLog: (message, length) => this.#log(message, length & 0xffff),
  };

  /** The buffer of mvServerLoggingInit, after that call. */
  buffers(): Range[] {
    return this.#buffer ? [this.#buffer] : [];
  }

  /** Writes a line that did not come through mvServerLog, for example one of mv_host_print. */
  print(bytes: Uint8Array): void {
    this.#put(this.#decoder.decode(bytes));
  }

  tick(): void {
    if (!this.#network.link || this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const line of lines) this.#put(line);
  }

  #put(text: string): void {
    this.#services.log(text);
    this.#services.emit({ event: 'log', text });
  }

  #init(address: number, size: number): void {
    const { memory, limits } = this.#services;
    memory.check(address, size);
    if (address % limits.bufferUnit !== 0) refuse(MvStatus.INVALIDBUFFERALIGNMENT);
    if (size === 0 || size % limits.bufferUnit !== 0) refuse(MvStatus.INVALIDBUFFERSIZE);
    this.#buffer = { address, size };
  }

  #log(address: number, length: number): void {
    const buffer = this.#buffer ?? refuse(MvStatus.UNAVAILABLE);
    const bytes = this.#services.memory.copy(address, length);
    if (!this.#services.behaviour.serverLogging) refuse(MvStatus.LOGGINGDISABLEDBYSERVER);
    if (length > this.#services.limits.logMessageBytes) refuse(MvStatus.LOGMESSAGETOOLONG);
    if (this.#waitingBytes + length > buffer.size) refuse(MvStatus.INVALIDBUFFERSIZE);
    const text = this.#decoder.decode(bytes);
    if (this.#network.link) {
      this.#put(text);
      return;
    }
    this.#waiting.push(text);
    this.#waitingBytes += length;
  }
}
