// npm run speed: runs the whole benchmark and writes its rows into docs/speed.md. It takes some minutes, and the figures
// are only worth something when nothing else runs on the machine.
import process from 'node:process';
import { runCommand } from '../command.js';
import { root } from '../root.js';
import { measureSpeed } from './measure-speed.js';

await runCommand('speed', () => {
  process.chdir(root);
  measureSpeed();
  return 0;
});
