// needs: gcc, stdio.h, wasm2c
import { vi } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { masked, wasm2c, wasm3 } from './engines.js';
import { expectSameAsNode } from './expect-same-as-node.js';

vi.mock('../../../host/core/engine/core.js', async (original) => {
  const { recordingInstance } = await import('./recording-instance.js');
  return recordingInstance(original);
});

const folder = temporaryFolder();
expectSameAsNode('on this machine', () => [wasm3(folder), wasm2c(folder), masked(folder)]);
