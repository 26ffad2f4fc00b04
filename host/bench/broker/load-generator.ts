import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the load generator prints. */
export interface LoadResult {
  received: number;
  elapsed_ms: number;
  cpu_ms: number;
  p50_ms: number;
  p99_ms: number;
  rss_kb: number;
}

/** Why there is no load generator. The message says what to do. */
export class NoLoadGenerator extends Error {}

/** The compiled load generator, in a folder of its own. */
export class LoadGenerator {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Compiles it.
   *
   * @param root the source tree
   * @throws NoLoadGenerator when this is no source tree, or a compiler or header is missing
   */
  static async compile(root: string): Promise<LoadGenerator> {
    const sources = join(root, 'tests/bench/broker/load');
    if (!existsSync(sources)) {
      throw new NoLoadGenerator(
        `the load generator's sources are not in ${sources}: run this in a clone of the project`,
      );
    }
    const generator = new LoadGenerator(mkdtempSync(join(tmpdir(), 'wasmqtt-load-')));
    const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
    try {
      await run('cc', [
        '-O2',
        '-o',
        generator.#program,
        ...files.map((name) => join(sources, name)),
        '-lssl',
        '-lcrypto',
      ]);
    } catch (error) {
      generator.remove();
      const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
      const reason = code === 'ENOENT' ? 'there is no C compiler "cc"' : (stderr ?? message).trim().split('\n')[0];
      throw new NoLoadGenerator(
        `the load generator does not compile: ${reason}; it needs cc and the headers of OpenSSL (libssl-dev)`,
      );
    }
    return generator;
  }

  /** Runs it once. @throws Error with what it says */
  async run(args: readonly string[]): Promise<LoadResult> {
    try {
      const { stdout } = await run(this.#program, args);
      return JSON.parse(stdout);
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(stderr?.trim() || message, { cause: error });
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #program(): string {
    return join(this.#folder, 'load');
  }
}
