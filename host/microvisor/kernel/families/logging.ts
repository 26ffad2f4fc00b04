import { MvStatus } from '../../../../build/abi/microvisor.js';
import { earlier } from '../earlier.js';
import type { Range } from '../guest-memory.js';
import type { Services } from '../services.js';
import type { Calls } from '../statuses.js';
import { LogBudget } from './log-budget.js';
import type { Network } from './network.js';

/** What a waiting line takes in the buffer besides its bytes. */
const WAITING_LINE = 16;

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE, INVALIDBUFFERALIGNMENT, UNAVAILABLE } = MvStatus;

/** mvServerLoggingInit and mvServerLog; lines wait in the application's buffer while the link is down. */
export class Logging {
  readonly #services: Services;
  readonly #network: Pick<Network, 'link'>;
  readonly #budget: LogBudget;
  #buffer: Range | undefined;
  #waiting: string[] = [];
  #waitingBytes = 0;
  readonly #decoder = new TextDecoder();
  /** False makes mvServerLog return LOGGINGDISABLEDBYSERVER. */
  enabled: boolean;

  constructor(services: Services, network: Pick<Network, 'link'>) {
    this.#services = services;
    this.enabled = services.behaviour.serverLogging;
    this.#network = network;
    this.#budget = new LogBudget(services.limits.logBytes, services.limits.logWindow);
  }

  readonly calls: Calls = {
    mvServerLoggingInit: (buffer, length) => this.#init(buffer, length),
    mvServerLog: (message, length) => this.#log(message, length & 0xffff),
  };

  /** The buffer of mvServerLoggingInit, after that call. */
  buffers(): Range[] {
    return this.#buffer ? [this.#buffer] : [];
  }

  /**
   * Writes a line that did not come through mvServerLog, for example one of mv_host_print. A line that is longer than a log
   * message may be is cut; when there are too many, the rest is counted, and the number logged.
   */
  print(address: number, length: number): void {
    const { memory } = this.#services;
    if (memory.holdsBytes(address, length)) this.#print(length, (size) => memory.copy(address, size)!);
  }

  /** As `print`, for a line that the host has at hand. */
  printBytes(line: Uint8Array): void {
    this.#print(line.length, (size) => line.subarray(0, size));
  }

  #print(length: number, read: (size: number) => Uint8Array): void {
    const size = Math.min(length, this.#services.limits.logMessageBytes);
    if (!this.admit(size)) {
      this.#budget.drop();
      return;
    }
    const text = this.#decoder.decode(read(size));
    this.write(size < length ? `${text}… (${length} bytes)` : text);
  }

  /** The application was restarted: its buffer is gone, with the lines in it. */
  restart(): void {
    this.#buffer = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  tick(now: number): void {
    if (now >= (this.#budget.due ?? Number.POSITIVE_INFINITY)) {
      this.write(`${this.#budget.takeDropped()} lines were not logged: too many came at once`);
    }
    if (!this.#network.link || this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const line of lines) this.write(line);
  }

  nextDeadline(now: number): number | undefined {
    return earlier(this.#budget.due, this.#network.link && this.#waiting.length > 0 ? now : undefined);
  }

  /** Whether one more line of so many bytes may be logged now. */
  admit(bytes: number): boolean {
    return this.#budget.take(bytes, this.#services.now());
  }

  /** Writes one line to the log sink and to the events. */
  write(text: string): void {
    this.#services.log(text);
    this.#services.emit({ event: 'log', text });
  }

  #init(address: number, size: number) {
    const { memory, limits } = this.#services;
    if (!memory.holds(address, size)) return PARAMETERFAULT;
    if (address % limits.bufferUnit !== 0) return INVALIDBUFFERALIGNMENT;
    if (size === 0 || size % limits.bufferUnit !== 0) return INVALIDBUFFERSIZE;
    this.#buffer = { address, size };
    return OKAY;
  }

  #log(address: number, length: number) {
    const buffer = this.#buffer;
    const { memory, limits } = this.#services;
    if (!buffer) return UNAVAILABLE;
    if (!memory.holdsBytes(address, length)) return PARAMETERFAULT;
    if (!this.enabled) return MvStatus.LOGGINGDISABLEDBYSERVER;
    if (length > limits.logMessageBytes) return MvStatus.LOGMESSAGETOOLONG;
    if (this.#waitingBytes + length > Math.min(buffer.size, limits.logBytes)) return INVALIDBUFFERSIZE;
    // Posting too fast is INVALIDBUFFERSIZE too.
    if (!this.admit(length)) return INVALIDBUFFERSIZE;
    const text = this.#decoder.decode(memory.copy(address, length));
    if (this.#network.link) {
      this.write(text);
    } else {
      this.#waiting.push(text);
      this.#waitingBytes += length + WAITING_LINE;
    }
    return OKAY;
  }
}
