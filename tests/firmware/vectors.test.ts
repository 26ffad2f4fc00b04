// needs: gcc, stdio.h, wasm2c
import { vi } from 'vitest';
import { temporaryFolder, wasm2c, wasm3 } from './engines.js';
import { recordingInstance } from './recording.js';
import { expectWhatNodeGives } from './replay.js';

vi.mock('../../host/core/engine/core.js', (original) => recordingInstance(original));

const folder = temporaryFolder();
expectWhatNodeGives('on this machine', () => [wasm3(folder), wasm2c(folder)]);
