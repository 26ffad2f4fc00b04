// The lifecycle script "prepare" of npm: builds after an install. npx runs it too when it first runs the command of a checkout; a
// second build would take long, and two at a time would disturb each other, so there it leaves a build that exists as it is.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

const isNpx = process.env.npm_command === 'exec';
if (!isNpx || !existsSync(join(root, 'build/host/cli.js'))) await import('./build.js');
