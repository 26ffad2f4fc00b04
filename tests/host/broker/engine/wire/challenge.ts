import { createHmac } from 'node:crypto';
import {
  type AuthenticationRequest,
  type Exchange,
  type Rules,
  refuse,
  type Step,
} from '../../../../../host/broker/index.js';
import type { ConnectPacket, Packet, Properties } from '../../../../../host/core/index.js';
import { type TestClient, text, World } from '../../world.js';

/** A challenge-response method: the server sends a number, the client answers with its HMAC under the user's key. */
export const METHOD = 'CHALLENGE';

const KEYS = new Map([
  ['ann', 'key of ann'],
  ['bob', 'key of bob'],
]);

/** What a client answers; the server proves itself with the HMAC of the answer. */
export const proof = (user: string, challenge: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac('sha256', KEYS.get(user)!).update(challenge).digest());

/** Rules with this method, and what they were asked. The client sends its user name first. */
export class ChallengeRules implements Rules {
  readonly requests: AuthenticationRequest[] = [];
  cancelled = 0;
  /** Set: steps answer when this is called. */
  later: (() => void)[] | undefined;
  #number = 0;

  authenticate(request: AuthenticationRequest): Exchange | undefined {
    if (request.method !== METHOD) return undefined;
    this.requests.push(request);
    const challenge = text(`number ${++this.#number}`);
    let user: string | undefined;
    const step = (data: Uint8Array | undefined): Step => {
      if (user === undefined) {
        user = Buffer.from(data ?? []).toString();
        return { next: 'continue', data: challenge };
      }
      const isRight = KEYS.has(user) && Buffer.from(proof(user, challenge)).equals(Buffer.from(data ?? []));
      if (!isRight) return refuse('the answer is wrong', 0x87);
      return { next: 'success', userName: user, data: proof(user, data!) };
    };
    return {
      step: (data) => {
        const { later } = this;
        if (!later) return step(data);
        return new Promise((resolve) => later.push(() => resolve(step(data))));
      },
      cancel: () => {
        this.cancelled++;
      },
    };
  }
}

export const auth = (reasonCode: number, data?: Uint8Array, method: string | undefined = METHOD): Packet => ({
  type: 'auth',
  reasonCode,
  properties: { authenticationMethod: method, ...(data && { authenticationData: data }) },
});

/** Lets the answers of rules arrive. */
export const turn = () => new Promise(setImmediate);

export const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

/** A client that has sent CONNECT with the method and its user name. */
export function begin(
  world: World,
  user = 'ann',
  options: Partial<ConnectPacket> = {},
  more: Properties = {},
): TestClient {
  const client = world.open(5);
  const properties = { authenticationMethod: METHOD, authenticationData: text(user), ...more };
  const connect = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'client' } as const;
  client.send({ ...connect, ...options, properties });
  return client;
}

/** Answers the challenge that has come. */
export function respond(client: TestClient, user = 'ann') {
  const { properties } = client.next('auth');
  const answer = proof(user, properties!.authenticationData!);
  client.send(auth(0x18, answer));
  return answer;
}

export function connected(rules: Rules = new ChallengeRules(), user = 'ann') {
  const world = new World({ rules });
  const client = begin(world, user);
  respond(client, user);
  client.next('connack');
  return { world, client };
}
