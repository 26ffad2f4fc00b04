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

  /** A CA below `ca`, with a server and a device of its own: `low-server` and `low-device`. */
  makeLowerCa(): void {
    this.#issue('low', 'ca', '/CN=low', 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign');
    this.#issue('low-server', 'low', '/CN=localhost', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    this.#issue('low-device', 'low', '/CN=device-2', 'extendedKeyUsage=clientAuth');
  }

  /** Another certificate for a name, in its file: that of the server may be exchanged for it. */
  issueServer(name: string): void {
    this.#issue(name, 'ca', '/CN=localhost', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  }

  /** Another device certificate. @param subject as `openssl req -subj` takes it */
  issueDevice(name: string, subject: string, extension = 'extendedKeyUsage=clientAuth', ...args: string[]): void {
    this.#issue(name, 'ca', subject, extension, ...args);
  }

  /**
   * The CRL of a CA with these certificates, as PEM.
   *
   * @param nextUpdate milliseconds since 1970, whole seconds
   */
  makeCrl(ca: string, revoked: string[], nextUpdate = Date.now() + 30 * 86_400_000): string {
    const [now, next] = [Date.now() - 10_000, nextUpdate].map(
      (time) => `${new Date(time).toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`,
    );
    const lines = revoked.map((name) => {
      const serial = this.print('x509', '-in', `${name}.crt`, '-noout', '-serial').trim().replace('serial=', '');
      return `R\t491231235959Z\t${now.slice(2)}\t${serial}\tunknown\t/CN=${name}\n`;
    });
    writeFileSync(this.path('index.txt'), lines.join(''));
    writeFileSync(this.path('index.txt.attr'), 'unique_subject = no\n');
    const config = `[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ndefault_md=sha256\ncrlnumber=crlnumber\n`;
    writeFileSync(this.path('ca.cnf'), config);
    writeFileSync(this.path('crlnumber'), '01\n');
    const times = ['-crl_lastupdate', now, '-crl_nextupdate', next];
    const signer = ['-keyfile', `${ca}.key`, '-cert', `${ca}.crt`];
    return this.print('ca', '-config', 'ca.cnf', '-gencrl', ...signer, ...times);
  }

  /** What openssl prints. */
  print(...args: string[]): string {
    return execFileSync('openssl', args, { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
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

  #issue(name: string, ca: string, subject: string, extension: string, ...args: string[]): void {
    this.#makeKey(name);
    this.#openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, ...args, '-out', `${name}.csr`);
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
