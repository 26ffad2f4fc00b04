import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ServiceStartError } from '../../../http/service-start-error.js';
import { reasonOf } from '../../../node/reason.js';

/** What was done, or refused. No value is ever in it. */
export interface AuditEntry {
  /** when, as in `2021-01-01T12:34:56.789Z` */
  time: string;
  /** SID of the account or API key; absent when nobody had logged in */
  who?: string;
  /** address of the client */
  from: string;
  action: string;
  [detail: string]: string | number | undefined;
}

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
/** Only its owner may read it. */
const MODE = 0o600;

interface Waiting {
  line: string;
  written: () => void;
}

/**
 * A file of NDJSON, a line for each entry, in the order in which things were done.
 *
 * While it cannot be written, entries wait in memory, each of something that was done already, and `failure` says why: whoever makes changes
 * refuses more of them until {@link retry} has brought all of these to the disk.
 */
export class AuditLog {
  readonly #path: string;
  readonly #log: (line: string) => void;
  #file: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #mustReopen = false;
  #failure: string | undefined;

  private constructor(path: string, file: FileHandle, log: (line: string) => void) {
    this.#path = path;
    this.#file = file;
    this.#log = log;
  }

  /** @throws ServiceStartError `audit` */
  static async open(path: string, log: (line: string) => void): Promise<AuditLog> {
    try {
      return new AuditLog(path, await open(path, FLAGS, MODE), log);
    } catch (error) {
      const advice = 'check the path and its permissions';
      throw new ServiceStartError('audit', `the audit log ${path} cannot be opened: ${reasonOf(error)}; ${advice}`, {
        cause: error,
      });
    }
  }

  /** Why it cannot be written; undefined while it can. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Resolves when the entry is on the disk, or waits because the file cannot be written. Never rejects. */
  write(entry: AuditEntry): Promise<void> {
    return new Promise((written) => {
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, written });
      this.#writeSoon();
    });
  }

  /** Tries again to write what waits. @returns whether everything is written now */
  async retry(): Promise<boolean> {
    this.#writeSoon();
    await this.#writing;
    return this.#failure === undefined;
  }

  /** Opens the file again before the next entry: it may have been moved away. */
  reopen(): void {
    this.#mustReopen = true;
  }

  async close(): Promise<void> {
    this.#writeSoon();
    await this.#writing;
    await this.#file.close().catch(() => {});
  }

  #writeSoon(): void {
    if (this.#waiting.length > 0) this.#writing ??= this.#writeAll();
  }

  /** Entries that come while others are on their way to the disk go there together. */
  async #writeAll(): Promise<void> {
    do {
      const group = this.#waiting.slice();
      try {
        await this.#append(Buffer.from(group.map(({ line }) => line).join('')));
        this.#waiting.splice(0, group.length);
        this.#say(undefined);
      } catch (error) {
        this.#say(reasonOf(error));
      }
      for (const { written } of group) written();
    } while (this.#waiting.length > 0 && this.#failure === undefined);
    this.#writing = undefined;
  }

  #say(failure: string | undefined): void {
    if (failure !== undefined && this.#failure === undefined) {
      this.#log(`the audit log ${this.#path} cannot be written, so changes are refused: ${failure}`);
    }
    if (failure === undefined && this.#failure !== undefined) this.#log('the audit log is written again');
    this.#failure = failure;
  }

  /** All of it or, as far as anybody sees later, none. */
  async #append(bytes: Buffer): Promise<void> {
    if (this.#mustReopen || this.#failure !== undefined) {
      const file = await open(this.#path, FLAGS, MODE);
      await this.#file.close().catch(() => {});
      this.#file = file;
      this.#mustReopen = false;
    }
    const { size } = await this.#file.stat();
    try {
      await this.#file.writeFile(bytes);
      await this.#file.datasync();
    } catch (error) {
      // A full disk may have taken a part, and a line that is cut off would spoil the next one.
      await this.#file.truncate(size).catch(() => {});
      throw error;
    }
  }
}
