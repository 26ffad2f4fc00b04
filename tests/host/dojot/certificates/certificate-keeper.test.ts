// needs: openssl
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KeeperOptions } from '../../../../host/dojot/certificates/certificate-keeper.js';
import { eventually, HOUR, KeeperRig } from './keeper-rig.js';

const rigs: KeeperRig[] = [];

function rig(options: Partial<KeeperOptions> = {}): KeeperRig {
  const made = new KeeperRig(options);
  rigs.push(made);
  return made;
}

afterEach(() => {
  for (const { keeper, pki } of rigs.splice(0)) {
    keeper.stop();
    pki.files.remove();
  }
});

describe('at the start', () => {
  it('a certificate for the name and hosts is obtained, with the CA and its CRL', async () => {
    const made = rig();
    made.start();
    await made.until(1);
    const { pki, sets, events } = made;
    expect(pki.calls).toEqual(['ready', 'sign', 'authority', 'revocationList']);
    const [{ certificate, authority, revocationList }] = sets;
    expect(certificate.subject).toBe('CN=broker');
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
    expect(authority.subject).toBe('CN=ca');
    expect(revocationList.issuerCN).toBe('ca');
    expect(events).toEqual([expect.objectContaining({ type: 'certificate', name: 'broker', why: 'at the start' })]);
  });

  it('a PKI that is away is asked again, at longer and longer intervals, and reported once', async () => {
    const made = rig();
    made.pki.failure = 'connect ECONNREFUSED';
    made.start();
    await made.until(1);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) {
      await eventually(() => expect(made.wait).toBeGreaterThan(0));
      waits.push(made.wait!);
      await made.pass(made.wait!, 1);
    }
    const doubling = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000);
    expect(waits).toEqual(doubling);
    expect(made.events).toEqual([{ type: 'unavailable', reason: 'connect ECONNREFUSED', retryIn: 1 }]);
    made.pki.failure = undefined;
    await made.pass(300_000, 3);
    expect(made.types).toEqual(['unavailable', 'certificate', 'available']);
  });

  it('another reason is reported too', async () => {
    const made = rig();
    made.pki.failure = 'one';
    made.start();
    await made.until(1);
    made.pki.failure = 'other';
    await made.pass(1000, 2);
    expect(made.events.map((event) => 'reason' in event && event.reason)).toEqual(['one', 'other']);
  });

  it('a certificate of another CA than the PKI names is not taken', async () => {
    const made = rig();
    made.pki.ca = 'foreign';
    made.start();
    await made.until(1);
    const reason = 'the certificate that the PKI sent is not of the CA that it names, "CN=foreign"';
    expect(made.events[0]).toMatchObject({ type: 'unavailable', reason });
    expect(made.sets).toEqual([]);
  });

  it.each([
    ['sign', 'the certificate that the PKI sent cannot be read'],
    ['authority', 'the CA that the PKI sent cannot be read'],
    ['revocationList', 'the CRL that the PKI sent cannot be used with the CA "CN=ca"'],
  ] as const)('what %s returns and nobody can read is not taken', async (call, reason) => {
    const made = rig();
    made.pki[call] = async () => Buffer.from('nonsense');
    made.start();
    await made.until(1);
    expect(made.events[0]).toMatchObject({ type: 'unavailable', reason: expect.stringContaining(reason) });
  });
});

describe('a schedule', () => {
  it('brings a new CRL, and the certificate stays', async () => {
    const made = rig({ schedules: { revocationList: '0 * * * *' } });
    made.start();
    await made.until(1);
    made.pki.revoked.push('device');
    await made.pass(HOUR, 2);
    expect(made.types).toEqual(['certificate', 'revocation list']);
    const [first, second] = made.sets;
    const device = new X509Certificate(made.pki.files.read('device.crt'));
    const serials = [first, second].map(({ revocationList }) =>
      revocationList.find(Buffer.from(device.serialNumber, 'hex')),
    );
    expect(serials[0]).toBeUndefined();
    expect(serials[1]).toBeDefined();
    expect(second.certificate).toBe(first.certificate);
  });

  it('renews a certificate that ends within the margin, not one that does not', async () => {
    const made = rig({ schedules: { expiration: '0 * * * *' } });
    made.start();
    await made.until(1);
    await made.pass(34 * HOUR, 1);
    expect(made.types).toEqual(['certificate']);
    await made.pass(3 * HOUR, 2);
    expect(made.events[1]).toMatchObject({
      type: 'certificate',
      why: expect.stringMatching(/^the former one ends at \d{4}-/),
    });
    const [first, second] = made.sets;
    expect(second.keyPem).not.toBe(first.keyPem);
  });

  it('renews a certificate that the CA has revoked', async () => {
    const made = rig({ schedules: { revocation: '0 * * * *', revocationList: '30 * * * *' } });
    made.start();
    await made.until(1);
    made.pki.revoked.push('issued-0');
    await made.pass(2 * HOUR, 3);
    await eventually(() => expect(made.types).toContain('revocation list'));
    await made.pass(HOUR, 3);
    await eventually(() => expect(made.events.filter(({ type }) => type === 'certificate').length).toBe(2));
    expect(made.events.find((event) => 'why' in event && event.why === 'the former one is revoked')).toBeDefined();
  });

  it('renews everything when the PKI has another CA', async () => {
    const made = rig({ schedules: { revocation: '0 * * * *' } });
    made.start();
    await made.until(1);
    made.pki.ca = 'foreign';
    made.pki.signer = 'foreign';
    await made.pass(HOUR, 2);
    expect(made.events[1]).toMatchObject({ type: 'certificate', why: 'the PKI has another CA' });
    expect(made.sets[1].authority.subject).toBe('CN=foreign');
  });

  it('that fails leaves in force what was there, tries again, and keeps others from nothing', async () => {
    const made = rig({ schedules: { expiration: '0 * * * *', revocationList: '0 * * * *' } });
    made.start();
    await made.until(1);
    made.pki.failing.add('sign');
    await made.pass(37 * HOUR, 2);
    await eventually(() => expect(made.types).toContain('unavailable'));
    await eventually(() => expect(made.types).toContain('revocation list'));
    expect(made.sets.every(({ certificate }) => certificate === made.sets[0].certificate)).toBe(true);
    made.pki.failing.clear();
    await made.pass(300_000, 4);
    await eventually(() => expect(made.types.at(-1)).toBe('available'));
    expect(made.sets.at(-1)!.certificate).not.toBe(made.sets[0].certificate);
  });

  it('that brings what the listeners do not take leaves the former in force', async () => {
    const made = rig({ schedules: { revocationList: '0 * * * *' } });
    made.start();
    await made.until(1);
    made.applyFails = true;
    await made.pass(HOUR, 2);
    expect(made.events[1]).toMatchObject({ type: 'unavailable', reason: 'the listener does not take it' });
  });

  it('does not fall behind a CRL that ends before it comes: the next one is fetched when three quarters are over', async () => {
    const made = rig({ schedules: { revocationList: '0 0 1 1 *' } });
    made.pki.nextUpdate = Date.now() + 4 * HOUR;
    made.start();
    await made.until(1);
    // The next one lives for long, so one is enough.
    made.pki.nextUpdate = Date.now() + 1000 * HOUR;
    await made.pass(2.9 * HOUR, 1);
    expect(made.types).toEqual(['certificate']);
    expect(made.wait).toBeLessThan(0.2 * HOUR);
    await made.pass(made.wait!, 2);
    expect(made.types).toEqual(['certificate', 'revocation list']);
  });

  it('does not miss the end of a certificate either: that is renewed when the margin begins', async () => {
    const made = rig({ schedules: { expiration: '0 0 1 1 *' } });
    made.start();
    await made.until(1);
    await made.pass(35.9 * HOUR, 1);
    expect(made.types).toEqual(['certificate']);
    await made.pass(0.2 * HOUR, 2);
    expect(made.types).toEqual(['certificate', 'certificate']);
  });

  it('that is left out renews nothing', async () => {
    const made = rig();
    made.start();
    await made.until(1);
    expect(made.nextDeadline).toBeUndefined();
  });

  it('ends with the keeper', async () => {
    const made = rig({ schedules: { revocationList: '0 * * * *', expiration: '0 * * * *', revocation: '0 * * * *' } });
    made.start();
    await made.until(1);
    made.keeper.stop();
    expect(made.nextDeadline).toBeUndefined();
  });
});

it('everything is looked at when it is asked to', async () => {
  const made = rig();
  made.start();
  await made.until(1);
  made.keeper.refresh();
  await made.until(2);
  expect(made.types).toEqual(['certificate', 'revocation list']);
});

it('a CRL that is older than the one in force is not taken', async () => {
  const made = rig();
  made.start();
  await made.until(1);
  const current = made.pki.files.makeCrl.bind(made.pki.files);
  made.pki.files.makeCrl = (ca, revoked, next) => {
    vi.setSystemTime(Date.now() - HOUR);
    try {
      return current(ca, revoked, next);
    } finally {
      vi.useRealTimers();
    }
  };
  made.keeper.refresh();
  await made.until(2);
  expect(made.events[1]).toMatchObject({
    reason: expect.stringMatching(/^the CRL that the PKI sent is older than the one in force/),
  });
});
