// npm run speed: runs the whole benchmark and writes its rows into docs/speed.md. It takes some minutes, and the figures
// are only worth something when nothing else runs on the machine.
import { measureSpeed } from './measure-speed.js';

measureSpeed();
