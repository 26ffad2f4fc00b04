import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGuest } from '../../../../../host/build-guest/index.js';
import type { RtosSettings } from '../../../../../host/microvisor/board/rtos/rtos-ports.js';
import type { Stm32u585Board } from '../../../../../host/microvisor/board/stm32u585-board.js';
import { stm32u585 } from '../../../../../host/microvisor/board/stm32u585-model.js';
import { compileGuest, type GuestOptions } from '../../../../../host/microvisor/index.js';
import { GuestWorld } from '../../rig/guest-world.js';

/** Builds an application as `wasmqtt build-guest` does. @returns the module */
export async function built(folder: string): Promise<Uint8Array> {
  const made = mkdtempSync(join(tmpdir(), 'wasmqtt-board-'));
  try {
    const output = join(made, 'app.wasm');
    await buildGuest(folder, output);
    return readFileSync(output);
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** Builds an application of one source. */
export async function builtOf(source: string, name = 'main.c'): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-source-'));
  try {
    writeFileSync(join(folder, 'CMakeLists.txt'), `add_executable(app ${name})\n`);
    writeFileSync(join(folder, name), source);
    return await built(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const examples = fileURLToPath(new URL('../../../../../host/microvisor/examples', import.meta.url));

export interface WorldOptions extends GuestOptions {
  rtos?: Partial<RtosSettings>;
}

/** A guest with its board and its kernel, in virtual time that begins at 0. Lines of its log have their times. */
export class BoardWorld extends GuestWorld {
  board!: Stm32u585Board;

  static override async load(module: Uint8Array, { rtos, ...options }: WorldOptions = {}): Promise<BoardWorld> {
    const world = new BoardWorld();
    const model = stm32u585({
      rtos,
      onBoard: (board) => {
        world.board = board;
      },
    });
    await world.take(await compileGuest(module, { calls: world.kernel.implemented, board: model }), options);
    return world;
  }

  protected override logged(line: string): void {
    this.log.push(`${this.now} ${line}`);
  }

  /** Starts the guest, or lets it go on, until `until` milliseconds. */
  run(until: number): void {
    if (this.now === 0 && this.events.length === 0) this.guest.start();
    this.guest.run(this.now);
    while (this.guest.running) {
      const deadline = this.guest.nextDeadline(this.now);
      if (deadline === undefined || deadline > until) break;
      this.now = Math.max(this.now, deadline);
      this.guest.run(this.now);
    }
    this.now = Math.max(this.now, until);
  }

  /** The lines of the log without their times. */
  get lines(): string[] {
    return this.log.map((line) => line.slice(line.indexOf(' ') + 1));
  }
}
