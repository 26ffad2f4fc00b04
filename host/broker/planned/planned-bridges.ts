import { readFileSync } from 'node:fs';
import { Bridge } from '../bridges/bridge.js';
import type { BridgeEvent, BridgeOptions, BridgeTls } from '../bridges/bridge-setup.js';
import type { BridgePlan, BridgeTlsPlan, BrokerPlan, LimitsPlan } from '../conf/plan.js';
import type { Broker } from '../create-broker.js';
import { certificatesIn, receiveMaximumOf } from './planned-listeners.js';

/**
 * Starts the bridges of a plan; each connects when it can.
 *
 * @returns a function that ends them
 * @throws what node:fs throws for a file that is gone; LocalClientError
 */
export async function startBridges(
  { bridges: plans, limits }: Pick<BrokerPlan, 'bridges' | 'limits'>,
  broker: Broker,
  log: ((event: BridgeEvent) => void) | undefined,
): Promise<() => Promise<void>> {
  const bridges: Bridge[] = [];
  const close = async () => {
    await Promise.all(bridges.map((bridge) => bridge.close()));
  };
  try {
    for (const plan of plans) {
      const bridge = new Bridge(bridgeOptions(plan, limits), { local: broker.local, log });
      bridges.push(bridge);
      await bridge.start();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

function bridgeOptions({ tls, maximumPacketSize, ...plan }: BridgePlan, limits: LimitsPlan): BridgeOptions {
  return {
    ...plan,
    receiveMaximum: plan.receiveMaximum ?? receiveMaximumOf(limits),
    maximumPacketSize: Number.isFinite(maximumPacketSize) ? maximumPacketSize : undefined,
    tls: tls && bridgeTls(tls),
  };
}

function bridgeTls({ ca, caFolder, certificate, key, minimumVersion, insecure, alpn }: BridgeTlsPlan): BridgeTls {
  const authorities = [...(ca ? [ca.path] : []), ...(caFolder ? certificatesIn(caFolder.path) : [])];
  return {
    ca: authorities.map((path) => readFileSync(path)),
    cert: certificate && readFileSync(certificate.path),
    key: key && readFileSync(key.path),
    minimumVersion,
    insecure,
    alpn,
  };
}
