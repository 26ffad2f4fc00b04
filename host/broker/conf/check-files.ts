import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { AccessList } from '../rules/mosquitto/access-list.js';
import { readAclFile } from '../rules/mosquitto/acl-file.js';
import { type FileMistake, type PasswordTable, readPasswordFile } from '../rules/mosquitto/password-file.js';
import type { Findings } from './findings.js';
import { type ConfigFiles, fileReason, readBytes, readText } from './lines.js';
import type { BrokerPlan, PlannedFile, TlsPlan } from './plan.js';

/** What the files of a plan say about access, by their paths. */
export interface AccessTables {
  readonly passwords: ReadonlyMap<string, PasswordTable>;
  readonly acls: ReadonlyMap<string, AccessList>;
}

/** Reads every file that a plan names and reports those that cannot be used, each once. */
export function checkFiles(plan: BrokerPlan, files: ConfigFiles, findings: Findings): AccessTables {
  const check = new FileCheck(files, findings);
  for (const { security, tls } of plan.listeners) {
    if (security.passwordFile) check.passwordFile(security.passwordFile);
    if (security.aclFile) check.aclFile(security.aclFile);
    if (tls) check.tls(tls);
  }
  for (const { tls } of plan.bridges) {
    if (tls?.ca) check.certificates(tls.ca);
    if (tls?.caFolder) check.folder(tls.caFolder);
    if (tls?.certificate && tls.key) check.pair(tls.certificate, tls.key);
  }
  return check;
}

class FileCheck implements AccessTables {
  readonly passwords = new Map<string, PasswordTable>();
  readonly acls = new Map<string, AccessList>();
  readonly #files: ConfigFiles;
  readonly #findings: Findings;
  /** By use and path: several listeners may name one file. */
  readonly #done = new Map<string, string | undefined>();

  constructor(files: ConfigFiles, findings: Findings) {
    this.#files = files;
    this.#findings = findings;
  }

  passwordFile(file: PlannedFile): void {
    const { path, place } = file;
    this.#once(`passwords ${path}`, () => {
      const text = readText(path, place, this.#files, this.#findings, 'the password file');
      if (text === undefined) return undefined;
      const { table, mistakes } = readPasswordFile(text);
      this.passwords.set(path, table);
      this.#report(file, 'warning', mistakes);
      return text;
    });
  }

  aclFile(file: PlannedFile): void {
    const { path, place } = file;
    this.#once(`acl ${path}`, () => {
      const text = readText(path, place, this.#files, this.#findings, 'the ACL file');
      if (text === undefined) return undefined;
      const { file: acl, mistakes, notes } = readAclFile(text);
      this.acls.set(path, new AccessList(acl));
      this.#report(file, 'error', mistakes);
      this.#report(file, 'warning', notes);
      return text;
    });
  }

  tls({ certificate, key, ca, caFolder, revocationList, ciphers, cipherSuites, dhParameters }: TlsPlan): void {
    this.pair(certificate, key);
    if (ca) this.certificates(ca);
    if (caFolder) this.folder(caFolder);
    if (revocationList) this.#pem('the CRL', revocationList, (pem) => createSecureContext({ crl: pem }));
    if (dhParameters) this.dhParameters(dhParameters);
    const names = [ciphers, cipherSuites].filter((text) => text !== undefined).join(':');
    if (names === '') return;
    try {
      createSecureContext({ ciphers: names });
    } catch (error) {
      const message = `the ciphers of this listener cannot be used: ${(error as Error).message}; see "openssl ciphers"`;
      this.#findings.error(certificate.place, message);
    }
  }

  certificates(file: PlannedFile): void {
    this.#pem('the CA file', file, (pem) => {
      if (!pem.includes('-----BEGIN ')) throw new Error('it holds no certificate');
      createSecureContext({ ca: pem });
    });
  }

  dhParameters(file: PlannedFile): void {
    this.#pem('the DH parameters', file, (pem) => {
      // Node takes what it cannot read for none.
      if (!/-----BEGIN (?:X9\.42 )?DH PARAMETERS-----/.test(pem)) throw new Error('it holds no DH parameters');
      createSecureContext({ dhparam: pem });
    });
  }

  pair(certificate: PlannedFile, key: PlannedFile): void {
    const cert = this.#pem('the certificate', certificate, (pem) => new X509Certificate(pem));
    const secret = this.#pem('the private key', key, (pem) => {
      if (pem.includes('ENCRYPTED')) throw new Error('it is encrypted, and nobody can be asked for its pass-phrase');
      createSecureContext({ key: pem });
    });
    if (cert === undefined || secret === undefined) return;
    this.#once(`pair ${certificate.path} ${key.path}`, () => {
      try {
        createSecureContext({ cert, key: secret });
      } catch (error) {
        const message = `${key.path} does not fit the certificate ${certificate.path}: ${(error as Error).message}; name the key that it was made for`;
        this.#findings.error(key.place, message);
      }
      return undefined;
    });
  }

  folder({ path, place }: PlannedFile): void {
    try {
      this.#files.list(path);
    } catch (error) {
      this.#findings.error(place, `the folder ${path} cannot be read: ${fileReason(error)}`);
    }
  }

  /** The text of a file that can be used so; undefined when it cannot: reported. */
  #pem(what: string, { path, place }: PlannedFile, use: (pem: string) => unknown): string | undefined {
    return this.#once(`${what} ${path}`, () => {
      const bytes = readBytes(path, place, this.#files, this.#findings, what);
      if (!bytes) return undefined;
      const pem = Buffer.from(bytes).toString('latin1');
      try {
        use(pem);
        return pem;
      } catch (error) {
        const message = `${what} ${path} cannot be used: ${(error as Error).message}; it has to be PEM`;
        this.#findings.error(place, message);
        return undefined;
      }
    });
  }

  #once(key: string, work: () => string | undefined): string | undefined {
    if (!this.#done.has(key)) this.#done.set(key, work());
    return this.#done.get(key);
  }

  #report({ path }: PlannedFile, severity: 'error' | 'warning', mistakes: readonly FileMistake[]): void {
    for (const { line, message } of mistakes) this.#findings[severity]({ file: path, line, column: 1 }, message);
  }
}
