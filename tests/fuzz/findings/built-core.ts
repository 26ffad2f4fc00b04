// The built TypeScript face of the core.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../../tools/root.js';

export const { encodePacket, PacketDecoder, Result, results } = await import(
  pathToFileURL(join(root, 'build/host/core.js')).href
);
