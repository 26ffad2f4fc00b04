import { describe, expect, it } from 'vitest';
import { answer, Client, message, refusal } from '../../../../conformance/session-rig.js';
import { World } from '../../world.js';

/** What the sender of a message does with an answer of the receiver. */
type Outcome =
  /** Nobody waits for it. */
  | 'nothing'
  /** The exchange is over: the packet id is free. */
  | 'done'
  | 'PUBREL'
  /** PUBREL with 0x92 in MQTT 5: the receiver may forget it. */
  | 'PUBREL 0x92'
  /** A protocol error. */
  | 'ends';

const ANSWERS = ['puback', 'puback error', 'pubrec', 'pubrec error', 'pubcomp', 'pubcomp error'] as const;

/** How far the exchange is, and the outcome of each of `ANSWERS` (4.3.2, 4.3.3). */
const STATES: Record<string, Outcome[]> = {
  'an id of no message': ['nothing', 'nothing', 'PUBREL 0x92', 'nothing', 'nothing', 'nothing'],
  'QoS 1, sent': ['done', 'done', 'ends', 'ends', 'ends', 'ends'],
  'QoS 2, sent': ['ends', 'ends', 'PUBREL', 'done', 'ends', 'ends'],
  'QoS 2, PUBREL sent': ['ends', 'ends', 'PUBREL', 'ends', 'done', 'done'],
};

const ROWS = Object.entries(STATES).flatMap(([state, outcomes]) =>
  outcomes.map((outcome, at) => [state, ANSWERS[at], outcome] as const),
);

/** 3.1.1 has no errors in acknowledgements. */
const rowsOf = (version: 4 | 5) => ROWS.filter(([, sent]) => version === 5 || !sent.endsWith('error'));

/** `error` of MQTT 5 is a code that each of these packets may have at this point. */
function packetOf(sent: (typeof ANSWERS)[number], packetId: number) {
  const [type, error] = sent.split(' ') as ['puback' | 'pubrec' | 'pubcomp', string | undefined];
  return answer(type, packetId, error ? (type === 'pubcomp' ? 0x92 : 0x87) : 0);
}

describe.each([4, 5] as const)('an answer to a message, protocol version %i (4.3)', (version) => {
  it.each(rowsOf(version))('the broker, %s: %s: %s', (state, sent, outcome) => {
    const world = new World({ limits: { inflightMessages: 1 } });
    const client = world.connect({ protocolVersion: version });
    const qos = state.startsWith('QoS 2') ? 2 : 1;
    client.subscribe('a', { qos });
    let packetId = 99;
    if (state.startsWith('QoS')) {
      world.engine.publish('a', 'x', { qos });
      packetId = client.next('publish').packetId!;
    }
    if (state.includes('PUBREL')) {
      client.send(answer('pubrec', packetId));
      client.next('pubrel');
    }
    client.send(packetOf(sent, packetId));
    if (outcome === 'ends') {
      expect(world.eventsOf('disconnected')).toMatchObject([{ reasonCode: 0x82 }]);
      if (version === 5) expect(client.next('disconnect').reasonCode).toBe(0x82);
      expect(client.received).toEqual([]);
      return;
    }
    if (outcome.startsWith('PUBREL')) {
      const reasonCode = version === 5 && outcome.endsWith('0x92') ? 0x92 : 0;
      expect(client.next('pubrel')).toMatchObject({ packetId, reasonCode });
    }
    expect(client.received).toEqual([]);
    // The window has room for one: the next message shows whether the exchange is over.
    world.engine.publish('a', 'next', { qos });
    expect(client.received.length).toBe(outcome === 'done' || state.startsWith('an id') ? 1 : 0);
  });

  it.each(rowsOf(version))('the client session, %s: %s: %s', (state, sent, outcome) => {
    const client = new Client(version).connect({ server: version === 5 ? { receiveMaximum: 1 } : undefined });
    const qos = state.startsWith('QoS 2') ? 2 : 1;
    const packetId = state.startsWith('QoS') ? client.send(message(qos)) : 99;
    if (state.includes('PUBREL')) client.receive(answer('pubrec', packetId));
    client.sent();
    if (outcome === 'ends') {
      const { reasonCode } = refusal(() => client.receive(packetOf(sent, packetId)));
      if (version === 5) expect(reasonCode).toBe(0x82);
      return;
    }
    client.receive(packetOf(sent, packetId));
    const reasonCode = version === 5 && outcome.endsWith('0x92') ? 0x92 : 0;
    expect(client.sent()).toMatchObject(outcome.startsWith('PUBREL') ? [{ type: 'pubrel', packetId, reasonCode }] : []);
    if (outcome === 'done') expect(client.send(message(qos, packetId))).toBe(packetId);
  });
});
