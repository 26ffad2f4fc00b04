import { openSealed } from '../../cloud/index.js';
import { type Generation, startDojotPki } from '../../dojot/pki/index.js';
import { servingOf } from '../cloud/cloud-flags.js';
import { jsonLines } from '../output/json-lines.js';
import { closeServer, ended, withSignals } from '../process/signals.js';
import { usageOfStart } from '../process/usage-of-start.js';
import { sealOptions, storePlace } from '../services/local-store.js';

/** Options of `wasmqtt dojot pki`, as commander parses them. */
export interface DojotPkiFlags {
  host?: string;
  port?: number;
  internalPort?: number | 'off';
  generation: '1' | '2' | '3';
  validity?: number;
  tokenLifetime?: number;
  tlsCert?: string;
  tlsKey?: string;
  beyondLoopback?: boolean;
  allowHostName?: string[];
  trustProxy?: string[];
  for?: number;
  data: string;
  store?: string;
  masterKeyCommand?: string;
  json?: boolean;
}

/** As dojot's document, its gateway and its services have them. */
const PORT = 8000;
const INTERNAL_PORT = { 1: 5583, 2: 3000, 3: 3000 };

/** `wasmqtt dojot pki`. @throws UsageError, UserError, StoreError, ServiceStartError */
export function dojotPkiAction(flags: DojotPkiFlags): Promise<void> {
  return withSignals((stop) => serve(flags, stop));
}

async function serve(flags: DojotPkiFlags, stop: AbortSignal): Promise<void> {
  const generation = Number(flags.generation) as Generation;
  const { port = PORT, internalPort = INTERNAL_PORT[generation], host, validity, tokenLifetime } = flags;
  const serving = servingOf(flags);
  const engine = await openSealed(storePlace(flags), sealOptions(flags, process.env));
  const closers = [() => engine.close()];
  try {
    const pki = await startDojotPki({
      ...serving,
      engine,
      generation,
      host,
      port,
      internalPort: internalPort === 'off' ? undefined : internalPort,
      days: validity,
      tokenLifetime,
    }).catch(usageOfStart);
    closers.push(() => pki.close());
    process.on('SIGHUP', pki.reload);
    closers.push(async () => {
      process.off('SIGHUP', pki.reload);
    });
    const { url, internalUrl, caName } = pki;
    if (flags.json) {
      jsonLines(process.stdout)({ event: 'listening', service: 'dojot pki', url, internalUrl, caName, generation });
    } else {
      const inner = internalUrl === undefined ? '' : `for services, without tokens: ${internalUrl}\n`;
      const word = `  export DOJOT_URL=${url}\n  export CA_NAME=${JSON.stringify(caName)}\n`;
      process.stdout.write(`dojot pki ${url}\n${inner}\n${word}\nUsers: wasmqtt dojot user --help. Ctrl-C stops it.\n`);
    }
    await ended(flags.for, stop);
  } finally {
    await closeServer(closers);
  }
}
