// engine: LMDB
import { describe, expect, it } from 'vitest';
import { hashSecret, SecretVerifier, verifySecret } from '../../../../host/cloud/store/accounts/secret-hash.js';

describe('a hash of a secret', () => {
  it('is of scrypt, says what it cost, and differs each time', async () => {
    const [one, other] = await Promise.all([hashSecret('s'), hashSecret('s')]);
    expect(one).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(other).not.toBe(one);
    expect(await Promise.all([verifySecret('s', one), verifySecret('s', other), verifySecret('t', one)])).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each(['', 's', 'scrypt$16384$8$1', 'scrypt$16384$8$1$AA$AA', 'plain$16384$8$1$AA$AA', 'scrypt$x$8$1$AA$'])(
    'is of no secret when it is %j',
    async (hash) => expect(await verifySecret('s', hash)).toBe(false),
  );
});

describe('a verifier', () => {
  /** Processor time of the threads that compute, in milliseconds. */
  async function cost(action: () => Promise<unknown>): Promise<number> {
    const before = process.cpuUsage();
    await action();
    return process.cpuUsage(before).user / 1000;
  }

  it('computes a right secret once, and a wrong one each time', async () => {
    const hash = await hashSecret('right');
    const verifier = new SecretVerifier();
    const once = await cost(() => verifier.verify('right', hash));
    const again = await cost(async () => {
      for (let n = 0; n < 100; n++) expect(await verifier.verify('right', hash)).toBe(true);
    });
    const wrong = await cost(async () => {
      for (let n = 0; n < 5; n++) expect(await verifier.verify('wrong', hash)).toBe(false);
    });
    expect(again).toBeLessThan(once * 2);
    expect(wrong).toBeGreaterThan(once * 2);
  });

  it('takes as long for a secret of nobody as for a wrong one', async () => {
    const verifier = new SecretVerifier();
    const hash = await hashSecret('right');
    const wrong = await cost(() => verifier.verify('wrong', hash));
    const unknown = await cost(() => verifier.verify('wrong', undefined));
    expect(unknown).toBeGreaterThan(wrong / 3);
    expect(unknown).toBeLessThan(wrong * 3);
  });

  it('answers all that ask at once for the same', async () => {
    const verifier = new SecretVerifier();
    const hash = await hashSecret('right');
    const answers = Array.from({ length: 50 }, (_, n) => verifier.verify(n % 2 === 0 ? 'right' : 'wrong', hash));
    expect(await Promise.all(answers)).toEqual(answers.map((_, n) => n % 2 === 0));
  });
});
