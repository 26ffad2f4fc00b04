import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A CA, a server certificate for 127.0.0.1, client certificates and one of a foreign CA, in a temporary folder. */
export class TestPki {
  readonly folder = mkdtempSync(join(tmpdir(), 'wasmqtt-broker-'));

  constructor() {
    this.#makeCa('ca');
    this.#makeCa('foreign');
    this.#issue('server', 'ca', '/CN=localhost', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    this.#issue('device', 'ca', '/O=Test/CN=device-1', 'extendedKeyUsage=clientAuth');
    this.#issue('stranger', 'foreign', '/CN=device-1', 'extendedKeyUsage=clientAuth');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #makeCa(name: string): void {
    this.#makeKey(name);
    this.#openssl('req', '-x509', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-days', '2', '-out', `${name}.crt`);
  }

  #issue(name: string, ca: string, subject: string, extension: string): void {
    this.#makeKey(name);
    this.#openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    writeFileSync(this.path(`${name}.ext`), extension);
    const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial'];
    this.#openssl(
      ...['x509', '-req', '-in', `${name}.csr`, ...signer, '-days', '2'],
      ...['-extfile', `${name}.ext`, '-out', `${name}.crt`],
    );
  }

  #makeKey(name: string): void {
    this.#openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
