import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  /** Paths of PEM files, as servers want them. */
  cert: string;
  key: string;
  /** DER, as devices want them. */
  certDer: Uint8Array;
  keyDer: Uint8Array;
}

/** Certificates made with openssl, in a temporary folder. */
export class OpensslCertificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'wasmqtt-tls-'));
  #count = 0;

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #der(cert: string, key: string): Identity {
    const [certDer, keyDer] = [`${cert}.der`, `${key}.der`];
    this.#openssl('x509', '-in', cert, '-outform', 'der', '-out', certDer);
    this.#openssl('pkcs8', '-topk8', '-nocrypt', '-in', key, '-outform', 'der', '-out', keyDer);
    return { cert, key, certDer: readFileSync(certDer), keyDer: readFileSync(keyDer) };
  }

  ca(name: string): Identity {
    const [cert, key] = [this.#path(`${name}.pem`), this.#path(`${name}.key`)];
    const subject = [
      '-subj',
      `/CN=${name}`,
      '-days',
      '30',
      '-nodes',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
    ];
    this.#openssl('req', '-x509', ...subject, '-keyout', key, '-out', cert);
    return this.#der(cert, key);
  }

  /** A certificate of that CA, valid for 30 days, or one that has expired. */
  issue(ca: Identity, commonName: string, subjectAltName: string, expired = false): Identity {
    const name = this.#path(`leaf-${this.#count++}`);
    const [cert, key, csr, extensions] = [`${name}.pem`, `${name}.key`, `${name}.csr`, `${name}.ext`];
    const subject = ['-subj', `/CN=${commonName}`, '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    this.#openssl('req', '-new', ...subject, '-keyout', key, '-out', csr);
    writeFileSync(extensions, `subjectAltName=${subjectAltName}\n`);
    const signing = [
      '-in',
      csr,
      '-CA',
      ca.cert,
      '-CAkey',
      ca.key,
      '-set_serial',
      String(this.#count),
      '-extfile',
      extensions,
    ];
    this.#openssl('x509', '-req', ...signing, '-days', expired ? '-1' : '30', '-out', cert);
    return this.#der(cert, key);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
