import { describe, expect, it } from 'vitest';
import { closingReason, encodeFarewell } from '../../../../../host/broker/engine/wire/farewell.js';
import { PacketDecoder, ReasonCode } from '../../../../../host/core/index.js';

const ALL_CODES = [...Array(256).keys(), -1, 256, 0.5, Number.NaN, undefined as never];
const ROOM = Number.POSITIVE_INFINITY;

describe.each(['connack', 'disconnect'] as const)('the last packet, %s', (type) => {
  const decode = (bytes: Uint8Array, protocolVersion: 4 | 5) => new PacketDecoder({ protocolVersion }).push(bytes)[0];

  it('can be sent for every reason code, and is always an error (MQTT-3.2.2-8, MQTT-3.14.2-1)', () => {
    for (const code of ALL_CODES) {
      const bytes = encodeFarewell(type, 5, { reasonCode: code, reason: 'why' }, ROOM)!;
      const reasonCode = closingReason(type, code);
      expect(reasonCode).toBeGreaterThanOrEqual(0x80);
      expect(decode(bytes, 5), `${code}`).toMatchObject({ type, reasonCode, properties: { reasonString: 'why' } });
    }
  });

  it('keeps the codes that it has', () => {
    for (const code of [0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x95, 0x97]) expect(closingReason(type, code)).toBe(code);
  });

  it('before MQTT 5 is CONNACK with a refusal of table 3.1, or nothing', () => {
    for (const version of [3, 4] as const) {
      for (const code of ALL_CODES) {
        const bytes = encodeFarewell(type, version, { reasonCode: code, reason: 'why' }, ROOM);
        if (type === 'disconnect') expect(bytes).toBeUndefined();
        else if (bytes) expect([1, 2, 3, 4, 5]).toContain((decode(bytes, 4) as { reasonCode: number }).reasonCode);
      }
    }
  });

  it.each(['x'.repeat(65_536), '\u{1f600}'.repeat(20_000), '\ud800', 'a\0'])(
    'goes without a reason that cannot be sent',
    (reason) => {
      const bytes = encodeFarewell(type, 5, { reasonCode: 0x87, reason }, ROOM)!;
      expect(decode(bytes, 5)).toEqual(expect.objectContaining({ reasonCode: 0x87, properties: {} }));
    },
  );

  it('goes without its reason, or not at all, when the client accepts nothing so large (MQTT-3.1.2-24)', () => {
    const whole = encodeFarewell(type, 5, { reasonCode: 0x87, reason: 'reason' }, ROOM)!;
    const short = encodeFarewell(type, 5, { reasonCode: 0x87, reason: 'reason' }, whole.length - 1)!;
    expect(short.length).toBeLessThan(whole.length - 'reason'.length);
    expect(encodeFarewell(type, 5, { reasonCode: 0x87, reason: 'reason' }, short.length - 1)).toBeUndefined();
  });
});

it('has the nearest code where the two packets differ', () => {
  expect(closingReason('connack', ReasonCode.serverShuttingDown)).toBe(ReasonCode.serverUnavailable);
  expect(closingReason('disconnect', ReasonCode.unsupportedProtocolVersion)).toBe(ReasonCode.protocolError);
  expect(closingReason('disconnect', ReasonCode.clientIdentifierNotValid)).toBe(ReasonCode.protocolError);
  expect(closingReason('disconnect', ReasonCode.badUserNameOrPassword)).toBe(ReasonCode.notAuthorized);
});
