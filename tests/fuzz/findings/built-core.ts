// The built TypeScript face of the core: it belongs to the build/core.wasm that is fuzzed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Core from '../../../host/core/index.js';
import { root } from '../../../tools/root.js';

const built: typeof Core = await import(pathToFileURL(join(root, 'build/host/core.js')).href);

export const { encodePacket, PacketDecoder, Result, results } = built;
