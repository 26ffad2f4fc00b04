// needs: gcc, stdio.h, wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { vi } from 'vitest';
import { temporaryFolder, wasm2c, wasm3 } from './engines.js';
import { target } from './machine.js';
import { recordingInstance } from './recording.js';
import { expectWhatNodeGives } from './replay.js';

vi.mock('../../host/core/engine/core.js', (original) => recordingInstance(original));

const folder = temporaryFolder();
expectWhatNodeGives('on an emulated Cortex-M33', () => [wasm3(folder, target), wasm2c(folder, target)], true);
