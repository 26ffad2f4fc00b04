// The core with a defect, which a patch plants in a copy of its sources.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../../../tools/root.js';
import { typescriptProgram } from '../../../tools/run-typescript.js';
import { here } from './folders.js';
import type { TargetName } from './targets.js';

const patchOf = (target: TargetName): string => join(here, 'planted', `${target}.patch`);

/** Runs a command in a folder. When it fails, the error has what it printed. */
function run(folder: string, command: string, args: readonly string[]): void {
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() };
  const { status, error, stderr, stdout } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  if (error) throw new Error(`${command}: ${error.message}; npm run setup installs what is missing`);
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with code ${status}\n${stdout}${stderr}`);
}

/** Copies all that the core and what is generated with it are made from into a new folder, with the defect in it. The caller removes the folder. */
export function plant(target: TargetName): string {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-planted-'));
  try {
    for (const name of [
      'assembly',
      'tools',
      'host/microvisor/board',
      'host/wasm3/client',
      'asconfig.json',
      'package.json',
    ])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'build'));
    run(folder, 'git', ['apply', '-p1', patchOf(target)]);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Builds the core of such a folder and returns the path of the module. */
export function buildPlanted(folder: string): string {
  run(folder, process.execPath, typescriptProgram('tools/build/build.ts', '--only', 'core'));
  return join(folder, 'build/core.wasm');
}
