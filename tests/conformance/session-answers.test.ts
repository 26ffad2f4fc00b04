import { describe, expect, it } from 'vitest';
import type { Packet } from '../../host/core/index.js';
import { answer, Client, message, refusal, subscribe, unsubscribe } from './session-rig.js';

describe.each([4, 5] as const)('answers of the server, protocol version %i', (version) => {
  it('an answer for which nobody waits means nothing, one of another type than awaited is an error (4.3)', () => {
    const client = new Client(version).connect();
    const waits = [client.send(message(1)), client.send(message(2)), client.send(subscribe), client.send(unsubscribe)];
    const codes = (packetId: number, type: 'suback' | 'unsuback'): Packet => ({
      type,
      packetId,
      reasonCodes: type === 'suback' || version === 5 ? [0] : [],
    });
    const answers = (id: number) => [
      answer('puback', id),
      answer('pubrec', id),
      codes(id, 'suback'),
      codes(id, 'unsuback'),
      answer('pubcomp', id),
    ];
    waits.forEach((id, awaited) => {
      for (const other of answers(id).toSpliced(awaited, 1)) {
        expect(refusal(() => client.receive(other))).toMatchObject({
          codeName: 'TRANSITION_ILLEGAL',
          reasonCode: 0x82,
        });
      }
    });
    client.sent();
    for (const [puback, , suback, unsuback, pubcomp] of [answers(77), answers(77)]) {
      expect(client.receive(puback, suback, unsuback, pubcomp)).toEqual(['none', 'none', 'none', 'none']);
    }
    expect(client.sent()).toEqual([]);
    waits.forEach((id, awaited) => {
      const [event] = client.receive(answers(id)[awaited]);
      expect(event).toBe(['published', 'accepted', 'subscribed', 'unsubscribed'][awaited]);
    });
  });
});

describe('Request Problem Information 0', () => {
  const reasonString = { reasonString: 'x' };
  const userProperty = { userProperty: [['k', 'v']] as [string, string][] };

  it.each([reasonString, userProperty])(
    'is kept by the server, or the connection ends with 0x82: %o (3.1.2.11.7)',
    (properties) => {
      const packets: Packet[] = [
        ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((type) => answer(type, 7, 0, properties)),
        { type: 'suback', packetId: 7, reasonCodes: [0], properties },
        { type: 'unsuback', packetId: 7, reasonCodes: [0], properties },
      ];
      for (const packet of packets) {
        const client = new Client(5).connect({ own: { requestProblemInformation: 0 }, server: properties });
        expect(refusal(() => client.receive(packet))).toMatchObject({
          codeName: 'PROBLEM_INFORMATION_UNWANTED',
          statement: 'MQTT-3.1.2-29',
          reasonCode: 0x82,
        });
        const wants = new Client(5).connect();
        expect(() => wants.receive(packet)).not.toThrow();
      }
    },
  );

  it('allows both in CONNACK and DISCONNECT, and user properties in PUBLISH (MQTT-3.1.2-29)', () => {
    const client = new Client(5).connect({
      own: { requestProblemInformation: 0 },
      server: { ...reasonString, ...userProperty },
    });
    expect(client.receive(message(0, undefined, { properties: userProperty }))).toEqual(['message']);
    const disconnect: Packet = { type: 'disconnect', reasonCode: 0, properties: { ...reasonString, ...userProperty } };
    expect(client.receive(disconnect)).toEqual(['disconnected']);
  });
});
