import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const KEY_TYPES = {
  'rsa-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-4096': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
  'p-256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'p-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'p-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  ed25519: ['-algorithm', 'ED25519'],
} as const;

export type KeyType = keyof typeof KEY_TYPES;

/** Keys and certificates made by the openssl command in a temporary folder. */
export class OpenSsl implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'wasmqtt-der-'));

  run(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  /** Writes TYPE.key in PEM. */
  makeKey(type: KeyType): void {
    this.run('genpkey', ...KEY_TYPES[type], '-out', `${type}.key`);
  }

  /** A self-signed certificate as DER. Without extensions it is v1. */
  certificate(type: KeyType, subject: string, ...options: string[]): Buffer {
    this.run(
      'req',
      '-x509',
      '-new',
      '-key',
      `${type}.key`,
      '-subj',
      subject,
      '-outform',
      'der',
      '-out',
      'c.der',
      ...options,
    );
    return this.read('c.der');
  }

  /** The key written by another command, as DER unless the options say otherwise. */
  convert(command: string, type: KeyType, ...options: string[]): Buffer {
    this.run(command, '-in', `${type}.key`, '-out', 'k.der', ...options);
    return this.read('k.der');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
