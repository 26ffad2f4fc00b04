import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary.js';

const KEYS = {
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  rsa1024: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  rsa512: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512'],
  secp256k1: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
  brainpool: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'],
  p224: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-224'],
} as const;

export interface IssueOptions {
  key?: keyof typeof KEYS;
  /** Subject alternative name, for example DNS:localhost. */
  names?: string;
  /** Days from now, may be negative; or a date as openssl takes it, for example 20200101000000Z. */
  from?: number | string;
  to?: number | string;
  commonName?: string;
  /** The whole subject, as openssl takes it; default `/CN=` and the common name. */
  subject?: string;
  /** Default sha256. */
  digest?: 'md5' | 'sha1' | 'sha256';
  /** Lines for the extensions; default basicConstraints=CA:FALSE. */
  extensions?: string[];
  /** NAME of the issuer; default ca. */
  issuer?: string;
}

const CONFIG = `
[ca]
default_ca = default
[default]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
unique_subject = no
policy = policy
[policy]
commonName = optional
organizationName = optional
`;

/** A certificate authority made of openssl commands; NAME.pem and NAME.key in a temporary folder. */
export class Authority implements Disposable {
  readonly folder: string;
  readonly #remove: () => void;

  constructor(commonName = 'Interop CA', key: keyof typeof KEYS = 'ec', days = 3) {
    ({ folder: this.folder, remove: this.#remove } = temporaryFolder());
    writeFileSync(this.path('ca.conf'), CONFIG);
    writeFileSync(this.path('index.txt'), '');
    this.#key('ca', key);
    this.openssl('req', '-x509', '-key', 'ca.key', '-subj', `/CN=${commonName}`, '-days', `${days}`, '-out', 'ca.pem');
  }

  /** The certificate NAME.pem with the key NAME.key (PKCS#8 PEM). */
  issue(name: string, options: IssueOptions = {}): this {
    const { key = 'ec', names, from = -1, to = 2, commonName = name, issuer = 'ca', digest = 'sha256' } = options;
    const { subject = `/CN=${commonName}` } = options;
    const { extensions = ['basicConstraints=CA:FALSE'] } = options;
    this.#key(name, key);
    this.openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    writeFileSync(this.path('ext'), [...extensions, names ? `subjectAltName=${names}` : '', ''].join('\n'));
    const signer = ['-config', 'ca.conf', '-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`, '-extfile', 'ext'];
    const dates = ['-startdate', date(from), '-enddate', date(to)];
    this.openssl(
      'ca',
      '-batch',
      '-notext',
      '-md',
      digest,
      ...signer,
      ...dates,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
    return this;
  }

  openssl(...args: string[]): void {
    try {
      execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new Error('the program openssl is missing on this machine');
    }
  }

  /** Converts NAME.pem to NAME.der and NAME.key to NAME.key.der (PKCS#8), with the documents' commands. */
  toDer(...names: string[]): this {
    for (const name of names) {
      this.openssl('x509', '-inform', 'pem', '-in', `${name}.pem`, '-outform', 'der', '-out', `${name}.der`);
      const [to, wrap] = [`${name}.key.der`, ['pkcs8', '-topk8', '-nocrypt']];
      this.openssl(...wrap, '-in', `${name}.key`, '-inform', 'pem', '-out', to, '-outform', 'der');
    }
    return this;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  hex(name: string): string {
    return this.read(name).toString('hex');
  }

  /** Writes a file. @returns its path */
  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  [Symbol.dispose](): void {
    this.#remove();
  }

  #key(name: string, kind: keyof typeof KEYS): void {
    this.openssl('genpkey', ...KEYS[kind], '-out', `${name}.key`);
  }
}

function date(days: number | string): string {
  if (typeof days === 'string') return days;
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
}
