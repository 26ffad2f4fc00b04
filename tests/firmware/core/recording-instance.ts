import type { CoreExports } from '../../../build/abi/core.js';
import { Steps } from './steps.js';

/** The calls that host/core makes of the core in this process, recorded under the current label. */
export const recorded = { label: { text: '' } } as { steps: Steps; label: { text: string } };

/** host/core/engine/core.ts with the small core and every call noted: for vi.mock. */
export async function recordingInstance(original: () => Promise<unknown>): Promise<object> {
  process.env.WASMQTT_CORE = 'small';
  const module = (await original()) as { core: CoreExports };
  recorded.steps = new Steps(module.core);
  return { ...module, core: recorded.steps.recorder(recorded.label) };
}
