import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

/** A script of the project as one text, for `runScript`. Its imports are relative to the root. */
export async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    // The core finds its module beside the package.
    define: { 'import.meta.url': JSON.stringify(`file://${join(ROOT, 'build/host/broker.js')}`) },
  });
  return outputFiles[0].text;
}

/** Runs a bundled script in a Node of its own. End it by `kill`. */
export function runScript(script: string, ...args: string[]): ChildProcess {
  // Read from standard input, so that packages resolve from the working directory.
  const child = spawn(process.execPath, ['--input-type=module', '-', ...args], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.end(script);
  return child;
}
