import { join } from 'node:path';
import process from 'node:process';
import { Child } from './child.js';

/** The file that `npm install` links as `wasmqtt`. */
export const CLI = join(import.meta.dirname, '../../build/host/cli.js');

/** What a run says on standard error while it makes a guest ready, on a machine on which that takes over a second. */
export const TAKES_LONG = /^.* is made ready to wait in its calls, .*\n/;

/** One line of standard output under --json. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at the fields of each kind
export type JsonEvent = { event: string } & Record<string, any>;

/** The environment without what the command takes from it. */
export function cleanEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { MV_DEVICE_SID, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, NO_COLOR, FORCE_COLOR, ...rest } = process.env;
  const { WASMQTT_STORE, WASMQTT_MASTER_KEY, WASMQTT_MASTER_KEY_COMMAND, WASMQTT_NEW_MASTER_KEY, ...clean } = rest;
  return { ...clean, ...extra };
}

/** The built command `wasmqtt`, run as a user runs it. */
export class Command extends Child {
  constructor(args: readonly string[], env: Record<string, string> = {}, cwd?: string) {
    super(process.execPath, [CLI, ...args], { env: cleanEnvironment(env), cwd });
  }

  /** Every whole line of standard output, parsed: throws when one is not JSON. */
  get events(): JsonEvent[] {
    return this.lines('stdout').map((line) => JSON.parse(line));
  }

  /** The first event of this kind that passes the filter, among those from index `from` on. */
  event(kind: string, filter: (event: JsonEvent) => boolean = () => true, from = 0): Promise<JsonEvent> {
    return this.until(`the event ${kind}`, () =>
      this.events.slice(from).find((event) => event.event === kind && filter(event)),
    );
  }

  /** Ends it as Ctrl-C does. */
  async interrupt(): Promise<{ code: number | null; stderr: string; summary: JsonEvent | undefined }> {
    this.signal('SIGINT');
    const { code, stderr } = await this.ended;
    return { code, stderr, summary: this.events.at(-1) };
  }
}
