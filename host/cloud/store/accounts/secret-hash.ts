import { createHmac, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What a new hash costs: 16 MiB and some 30 ms. The secrets are 128 random bits, so a dearer one would protect nothing more. */
const COST = { N: 16_384, r: 8, p: 1 };
const HASH_LENGTH = 32;

/** A secret as it is kept: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether `hash` is of this secret; one that is not of {@link hashSecret} is of none. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  const [kind, N, r, p, salt = '', expected = ''] = hash.split('$');
  const wanted = Buffer.from(expected, 'base64url');
  if (kind !== 'scrypt' || wanted.length !== HASH_LENGTH) return false;
  const found = await derive(secret, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(found, wanted);
}

/** How many pairs are remembered, 200 bytes each. */
const REMEMBERED = 10_000;
/** How many are computed at once: the threads that do it are those that files and DNS need. */
const AT_ONCE = 2;

/**
 * Verifies secrets, and remembers those that were right, so that not each request costs a scrypt. A pair is remembered by its HMAC under
 * a key of this process; one whose hash was replaced is another pair. A wrong secret costs the same each time.
 */
export class SecretVerifier {
  readonly #key = randomBytes(32);
  readonly #right = new Set<string>();
  readonly #running = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  #computing = 0;

  /** @param hash undefined when nothing is known of whoever asks: that is wrong, and takes as long */
  async verify(secret: string, hash: string | undefined): Promise<boolean> {
    const known = hash !== undefined;
    const against = hash ?? UNKNOWN;
    const pair = createHmac('sha256', this.#key).update(`${against}\0${secret}`).digest('base64');
    if (this.#right.has(pair)) return true;
    let running = this.#running.get(pair);
    if (running === undefined) {
      running = this.#compute(secret, against).finally(() => this.#running.delete(pair));
      this.#running.set(pair, running);
    }
    const right = (await running) && known;
    if (right) this.#remember(pair);
    return right;
  }

  async #compute(secret: string, hash: string): Promise<boolean> {
    if (this.#computing >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#computing += 1;
    try {
      return await verifySecret(secret, hash);
    } finally {
      // Whoever waited longest takes this place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#computing -= 1;
    }
  }

  #remember(pair: string): void {
    if (this.#right.size >= REMEMBERED) this.#right.delete(this.#right.values().next().value as string);
    this.#right.add(pair);
  }
}

/** A hash of nothing, at the cost of the others. */
const UNKNOWN = ['scrypt', COST.N, COST.r, COST.p, 'AA', Buffer.alloc(HASH_LENGTH).toString('base64url')].join('$');

function derive(secret: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_LENGTH, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
