import { constants } from 'node:crypto';
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls';
import { watchFiles } from '../node/files/file-watch.js';
import { readRegularFile } from '../node/files/regular-file.js';
import { reasonOf } from '../node/reason.js';
import { checkServerPair } from '../tls/server-pair.js';
import type { TlsFiles } from './service-options.js';
import { ServiceStartError } from './service-start-error.js';

/** Certificate and key of the server, and their change while it runs. */
export class TlsPair {
  readonly #files: TlsFiles;
  readonly #log: (line: string) => void;
  #options: SecureContextOptions;
  #server: Server | undefined;
  readonly #unwatch: () => void;

  /** @throws ServiceStartError `tls` */
  constructor(files: TlsFiles, log: (line: string) => void) {
    this.#files = files;
    this.#log = log;
    this.#options = load(files);
    this.#unwatch = watchFiles(
      [files.certFile, files.keyFile],
      { after: later },
      () => this.reload(),
      (error) => log(`certificate files are not watched: ${reasonOf(error)}; SIGHUP reads them again`),
    );
  }

  /** What the server is made with. */
  get options(): SecureContextOptions {
    return this.#options;
  }

  /** A later pair goes to this server. */
  serve(server: Server): void {
    this.#server = server;
  }

  /** Reads the files again. What cannot be used leaves everything as it was, and the log says so. */
  reload(): void {
    try {
      const options = load(this.#files);
      this.#server?.setSecureContext(options);
      this.#options = options;
      this.#log('certificate and key were read again');
    } catch (error) {
      this.#log(`the former certificate stays: ${reasonOf(error)}`);
    }
  }

  close(): void {
    this.#unwatch();
  }
}

/** Builds first, so that whoever calls can swap after. */
function load({ certFile, keyFile }: TlsFiles): SecureContextOptions {
  const cert = { name: `certificate (${certFile})`, text: read('certificate', certFile) };
  const key = { name: `key (${keyFile})`, text: read('key', keyFile) };
  checkServerPair(cert, key, unusable);
  const options: SecureContextOptions = {
    cert: cert.text,
    key: key.text,
    minVersion: 'TLSv1.2',
    // Each renegotiation of TLS 1.2 is another handshake, and no deadline would end them.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  createSecureContext(options);
  return options;
}

function read(what: string, file: string): string {
  try {
    return readRegularFile(file).toString('latin1');
  } catch (error) {
    throw unusable(`${what} (${file})`, reasonOf(error), 'check the path and its permissions', error);
  }
}

function unusable(what: string, reason: string, advice: string, cause?: unknown): ServiceStartError {
  return new ServiceStartError('tls', `the server's ${what} cannot be used: ${reason}; ${advice}`, { cause });
}

function later(milliseconds: number, action: () => void): { cancel(): void } {
  const timer = setTimeout(action, milliseconds).unref();
  return { cancel: () => clearTimeout(timer) };
}
