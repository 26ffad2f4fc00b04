// The newest line of Node for the tests of engines, from npm's packages for one platform, in a folder outside the project.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

const VERSION = '26.12.1';

/** What tests call it in "// needs: node-26". */
export const NEWEST_NODE = 'node-26';

/** Node's own name of this platform in its packages. */
const platform = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${platform}-${process.arch}`;

function nodeFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wasmqtt', `node-${VERSION}`);
}

/** The program, which may not be there. */
export function newestNode(): string {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(nodeFolder(), 'node_modules', name, 'bin', program);
}

/** What is missing for the tests with it: its name, or nothing. */
export function missingNode(): string[] {
  return existsSync(newestNode()) ? [] : [NEWEST_NODE];
}

/** Has npm fetch it, when it is not there. Returns what is missing after it. */
export function installNode(log: (line: string) => void): string[] {
  if (missingNode().length === 0) return [];
  const folder = nodeFolder();
  mkdirSync(dirname(folder), { recursive: true });
  // Renamed when it is whole.
  const part = mkdtempSync(`${folder}-`);
  log(`Node ${VERSION}: npm install ${name}, about 50 MB into ${folder}`);
  const words = ['install', '--no-save', '--no-package-lock', '--prefix', part, `${name}@${VERSION}`];
  const { status } = spawnSync('npm', words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status === 0 && !existsSync(folder)) renameSync(part, folder);
  rmSync(part, { recursive: true, force: true });
  if (status !== 0) log(`Node ${VERSION}: npm ended with code ${status}`);
  return missingNode();
}
