import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { programPath } from '../../tools/test/debian-packages.js';
import { kafkaFolder } from '../../tools/test/kafka-artifacts.js';

/** Milliseconds between two looks whether a process is there. */
const LOOK = 20;
/** Milliseconds that a node has to end by itself: the last nodes would wait minutes for a quorum that is gone. */
const STOP_TIMEOUT = 5000;

/** Runs a program of Kafka to its end. @returns its output @throws Error when it fails */
export function kafkaProgram(folder: string, main: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(programPath('java')!, javaArgs(folder, main, args), {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${main} ended with code ${status}: ${stdout}${stderr}`);
  return stdout;
}

function javaArgs(folder: string, main: string, args: readonly string[]): string[] {
  return [
    '-Xmx384m',
    '-XX:+UseSerialGC',
    '-XX:ActiveProcessorCount=2',
    '-XX:TieredStopAtLevel=1',
    `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
    '-cp',
    join(kafkaFolder(), '*'),
    main,
    ...args,
  ];
}

/**
 * One node of a cluster. What is known of it lies in the folder of the cluster, so that any process may kill it and start it again.
 */
export class KafkaNode {
  readonly id: number;
  readonly #folder: string;

  constructor(folder: string, id: number) {
    this.#folder = folder;
    this.id = id;
  }

  /** Where it writes its log. */
  get log(): string {
    return join(this.#folder, `n${this.id}.log`);
  }

  /** Starts it, and does not wait. */
  start(): void {
    const log = openSync(this.log, 'a');
    const args = javaArgs(this.#folder, 'kafka.Kafka', [join(this.#folder, `n${this.id}.properties`)]);
    const child = spawn(programPath('java')!, args, { stdio: ['ignore', log, log], detached: true });
    child.unref();
    writeFileSync(this.#pidFile, String(child.pid));
  }

  /** As if its machine lost power. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks it to end, and kills it when it does not. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Stands still until `resume`: its connections stay open. */
  pause(): void {
    process.kill(this.pid!, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid!, 'SIGCONT');
  }

  get isRunning(): boolean {
    return this.pid !== undefined;
  }

  get #pidFile(): string {
    return join(this.#folder, `n${this.id}.pid`);
  }

  /** Of its process; undefined when it does not run. */
  get pid(): number | undefined {
    return existsSync(this.#pidFile) ? Number(readFileSync(this.#pidFile, 'utf8')) : undefined;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    send(pid, 'SIGCONT');
    const end = performance.now() + STOP_TIMEOUT;
    for (let sent = send(pid, signal); sent; sent = send(pid, performance.now() < end ? 0 : 'SIGKILL'))
      await wait(LOOK);
    rmSync(this.#pidFile);
  }
}

/** Whether there is such a process. A process that has ended and was not waited for by its parent is none. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
