import type { BridgeKind, BridgeSettings, BrokerEnd } from '../../dojot/bridge/index.js';
import type { Generation } from '../../dojot/generation.js';
import type { StatusAddress } from '../options/bridge-options.js';
import { fileOf } from './bridge-files.js';
import { BridgeReporter } from './bridge-reporter.js';
import { bridgeWords, dojotSettings } from './dojot-settings.js';
import { PkiMaterial } from './pki-material.js';
import { serveBridge } from './serve-bridge.js';
import { startDojotBridge } from './start-dojot-bridge.js';

/** Options of `wasmqtt dojot v2k` and `k2v`, as commander parses them. */
export interface DojotBridgeFlags {
  generation: '1' | '2' | '3';
  deadLetters: string | false;
  status: StatusAddress | false;
  for?: number;
  json?: boolean;
}

/** `wasmqtt dojot v2k` and `k2v`. @throws UsageError, UserError */
export function dojotBridgeAction(kind: BridgeKind, flags: DojotBridgeFlags): Promise<void> {
  const generation = Number(flags.generation) as Generation;
  const reporter = BridgeReporter.ofProcess(flags.json);
  const { settings, notes } = dojotSettings(process.env, kind, generation);
  for (const note of notes) reporter.say('note', `${note}.`, { text: note });
  const { host, port, pki } = settings.mqtt;
  const material = pki && new PkiMaterial(kind, generation, pki, reporter);
  const deadLetters = flags.deadLetters || undefined;
  return serveBridge({
    ...flags,
    reporter,
    words: bridgeWords(kind, settings, `${host}:${port}`),
    ended: () => material?.stop(),
    start: async (stop) => {
      const mqtt = await endOf(settings, material, stop);
      return startDojotBridge(kind, { mqtt, settings, generation, deadLetters, reporter });
    },
  });
}

/** Waits for the certificate where it comes from a PKI. @throws UsageError for files, UserError when it is stopped before */
async function endOf(
  { mqtt }: BridgeSettings,
  material: PkiMaterial | undefined,
  stop: AbortSignal,
): Promise<BrokerEnd> {
  const { host, port, tls, pki, ...rest } = mqtt;
  const end = { ...rest, addresses: [{ host, port }] };
  if (tls === undefined) return end;
  const insecure = !tls.checksServer;
  if (material) {
    await material.start(stop, pki!.address);
    return { ...end, tls: () => ({ ...material.pems, insecure }) };
  }
  const ca = fileOf(tls.ca, 'the CA of the broker');
  const cert = fileOf(tls.cert, 'the certificate of the bridge');
  return { ...end, tls: { ca, cert, key: fileOf(tls.key, 'the private key of the bridge'), insecure } };
}
