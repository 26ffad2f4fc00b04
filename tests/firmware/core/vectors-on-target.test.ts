// needs: gcc, stdio.h, wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { vi } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { target } from '../toolchain.js';
import { masked, wasm2c, wasm3 } from './engines.js';
import { expectSameAsNode } from './expect-same-as-node.js';

vi.mock('../../../host/core/engine/core.js', async (original) => {
  const { recordingInstance } = await import('./recording-instance.js');
  return recordingInstance(original);
});

const folder = temporaryFolder();
expectSameAsNode(
  'on an emulated Cortex-M33',
  () => [wasm3(folder, target), wasm2c(folder, target), masked(folder, target)],
  true,
);
