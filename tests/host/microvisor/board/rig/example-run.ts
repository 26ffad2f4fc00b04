import { join } from 'node:path';
import { BrokerEngine } from '../../../../../host/broker/index.js';
import { hexEncode } from '../../../../../host/core/index.js';
import {
  compileGuest,
  createDevice,
  type GuestModule,
  type MqttTransportFactory,
  servedCalls,
  stm32u585,
  TestBroker,
  type TestDevice,
  type TransportRequest,
} from '../../../../../host/microvisor/index.js';
import { ensurePki, type Pki } from '../../../../../host/pki/index.js';
import { temporaryFolder } from '../../../../interop/temporary.js';
import { DEVICE_ID } from '../../rig/rig.js';
import { built, examples } from './board-world.js';

/** One of the examples, built and compiled. */
export async function compiledExample(name: string): Promise<GuestModule> {
  return await compileGuest(await built(join(examples, name)), { calls: servedCalls(), board: stm32u585() });
}

/** Certificates for a device of the examples. */
export async function examplePki(): Promise<Pki> {
  const { folder, remove } = temporaryFolder();
  try {
    return await ensurePki(folder, { deviceSid: DEVICE_ID });
  } finally {
    remove();
  }
}

/** What the examples fetch from the stores. */
export const storesOf = ({ ca, device }: Pki): Record<string, string> => ({
  'broker-host': 'localhost',
  'broker-port': '8883',
  'root-CA': hexEncode(ca.certificateDer),
  cert: hexEncode(device.certificateDer),
  private_key: hexEncode(device.privateKeyPkcs8),
});

/** An example with a broker, in virtual time. */
export class ExampleRun {
  readonly broker = new TestBroker((host) => new BrokerEngine(host));
  readonly requests: TransportRequest[] = [];
  /** What the example has sent to the broker, in hexadecimal. */
  readonly sent: string[] = [];
  readonly payloads: string[] = [];
  device!: TestDevice;
  /** Takes the place of the broker for what is sent next. */
  instead: (() => void) | undefined;

  static async start(
    module: GuestModule,
    { stores, seed = 1 }: { stores: Record<string, string>; seed?: number },
  ): Promise<ExampleRun> {
    const run = new ExampleRun();
    const { clock, engine } = run.broker;
    engine.on('published', ({ clientId, payload }) => {
      if (clientId) run.payloads.push(Buffer.from(payload).toString());
    });
    const broker = { clock, connect: run.#connect };
    run.device = await createDevice({ guest: module, deviceId: DEVICE_ID, broker, stores, seed });
    return run;
  }

  readonly #connect: MqttTransportFactory = (request, events) => {
    this.requests.push(request);
    const line = this.broker.connect(request, events);
    const write = (bytes: Uint8Array) => {
      this.sent.push(hexEncode(bytes));
      if (!this.instead) return line.write(bytes);
      this.instead();
      this.instead = undefined;
    };
    return { ...line, write };
  };

  command(topic: string, text: string): void {
    this.broker.engine.publish(topic, Buffer.from(text), { qos: 1 });
  }
}
