import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientCertificate, ListenerInfo } from '../../../../../host/broker/index.js';
import { AwsIotRules, type PolicyRefusal } from '../../../../../host/broker/rules/aws-iot/aws-iot-rules.js';
import { AWS_IOT_LIMITS, AWS_IOT_SETTINGS } from '../../../../../host/broker/rules/aws-iot/aws-iot-settings.js';
import type { Principal } from '../../../../../host/broker/rules/aws-iot/principal.js';
import { loadRegistry } from '../../../../../host/broker/rules/aws-iot/things/load-registry.js';
import type { ConnectPacket } from '../../../../../host/core/index.js';
import { ensureNamedDevice } from '../../../../../host/pki/index.js';
import { type TestClient, World } from '../../world.js';

/** The certificate of the thing `lamp`, made once. */
export async function lampCertificate(): Promise<ClientCertificate> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-aws-iot-'));
  try {
    const { certificateDer } = await ensureNamedDevice(folder, 'lamp');
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', certificateDer as Uint8Array<ArrayBuffer>));
    const fingerprint = Buffer.from(digest).toString('hex');
    const rest = { commonName: 'lamp', subject: 'CN=lamp', serialNumber: '1', subjectAltNames: [] };
    return { der: certificateDer, fingerprint, ...rest };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An ARN of the account that tests have. */
export const arn = (resource: string) => `arn:aws:iot:us-west-2:123456789012:${resource}`;

/** Statements as tests write them: `Allow Publish topic/a topic/b`. */
export function policy(...statements: string[]): string {
  const Statement = statements.map((text) => {
    const [Effect, action, ...resources] = text.split(' ');
    return { Effect, Action: `iot:${action}`, Resource: resources.map((each) => (each === '*' ? '*' : arn(each))) };
  });
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Everything but what a test is about. */
export const ALL = 'Allow * *';

export interface RigFiles {
  /** Of the certificate of `lamp`. */
  policy: string;
  things?: object;
  limitRates?: boolean;
}

/** An engine with the rules of AWS IoT; the certificate of its clients is attached to the thing `lamp`. */
export class AwsIotRig {
  readonly world: World;
  readonly rules: AwsIotRules;
  readonly refusals: PolicyRefusal[] = [];
  readonly admitted: Principal[] = [];
  readonly turnedAway: Principal[] = [];
  readonly listener: ListenerInfo;
  readonly certificate: ClientCertificate;
  /** Milliseconds since 1970. */
  wallClock = Date.now();
  #clients = 0;

  constructor(certificate: ClientCertificate, files: RigFiles) {
    this.certificate = certificate;
    this.rules = new AwsIotRules({
      registry: this.#load(files),
      now: () => this.world.now,
      wallClock: () => this.wallClock,
      limitRates: files.limitRates ?? false,
      onRefusal: (refusal) => this.refusals.push(refusal),
      onAdmitted: (principal) => this.admitted.push(principal),
      onTurnedAway: (principal) => this.turnedAway.push(principal),
    });
    this.world = new World({ limits: AWS_IOT_LIMITS });
    this.listener = { name: 'mqtts://127.0.0.1:8883', rules: this.rules, settings: AWS_IOT_SETTINGS };
  }

  /** Other policies and things hold from now on. */
  replace(files: RigFiles): void {
    this.rules.replace(this.#load(files));
    this.world.engine.reconsider();
  }

  begin(options: Partial<ConnectPacket> = {}, remote = `192.0.2.7:${++this.#clients}`): TestClient {
    const tls = { certificate: this.certificate };
    return this.world.begin(
      { protocolVersion: 5, clientId: 'lamp', ...options },
      { remote, listener: this.listener, tls },
    );
  }

  connect(options: Partial<ConnectPacket> = {}, remote?: string): TestClient {
    const client = this.begin(options, remote);
    client.connack = client.next('connack');
    return client;
  }

  #load({ policy: text, things }: RigFiles) {
    const contents = new Map([
      ['lamp.json', text],
      ['things.json', JSON.stringify(things ?? {})],
    ]);
    const sources = { thing: 'lamp', policies: ['lamp.json'], certificates: [this.certificate.fingerprint] };
    const read = (path: string) => Buffer.from(contents.get(path)!);
    const { registry, mistakes } = loadRegistry({ ...sources, ...(things && { things: 'things.json' }) }, read);
    if (!registry) throw new Error(JSON.stringify(mistakes));
    return registry;
  }
}
