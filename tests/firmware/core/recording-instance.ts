import type { CoreExports } from '../../../build/abi/core.js';
import { Steps } from './steps.js';

/** What host/core has the core do in this process, under the label of the moment. */
export const recorded = { label: { text: '' } } as { steps: Steps; label: { text: string } };

/** host/core/engine/core.ts with the small core and every call noted: for vi.mock. */
export async function recordingInstance(original: () => Promise<unknown>): Promise<object> {
  process.env.WASMQTT_CORE = 'small';
  const module = (await original()) as { core: CoreExports };
  recorded.steps = new Steps(module.core);
  return { ...module, core: recorded.steps.recorder(recorded.label) };
}
