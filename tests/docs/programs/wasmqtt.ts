// `npx wasmqtt` in the commands of the documents: the built command. A service would go on until Ctrl-C, so `run` gets its
// Ctrl-C when the device has published, and `cloud` when it listens.
// Usage: node wasmqtt.js CLI COMMAND [OPTIONS]
import { spawn } from 'node:child_process';
import process from 'node:process';

const DONE: Record<string, RegExp> = { run: /published/, cloud: /127\.0\.0\.1/ };

const [cli, command, ...options] = process.argv.slice(2);
const done = DONE[command];
// The time is up when the work is done: a duration would make the test slow, or fail on a slow machine.
const time = done ? options.indexOf('--for') : -1;
if (time >= 0) options.splice(time, 2);

const child = spawn(process.execPath, [cli, command, ...options], { stdio: ['inherit', 'pipe', 'inherit'] });
let output = '';
let interrupted = false;
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  process.stdout.write(text);
  output += text;
  // A second signal would end it at once, with another exit code.
  if (interrupted || !done?.test(output)) return;
  interrupted = true;
  child.kill('SIGINT');
});
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
