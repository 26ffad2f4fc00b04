import { createHash } from 'node:crypto';
import { readCertificate, readPem } from '../../../../core/index.js';
import type { FileMistake } from './placed-json.js';

/** Where files come from; throws what node:fs throws. */
export type ReadFile = (path: string) => Uint8Array;

/** Reads files, and remembers which: they are watched. */
export class RegistryFiles {
  /** In the order in which they were read. */
  readonly paths = new Set<string>();
  readonly #read: ReadFile;

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** @returns the text; or, when the file cannot be read, why */
  text(path: string): { readonly text: string } | { readonly problem: string } {
    this.paths.add(path);
    try {
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#read(path)) };
    } catch (error) {
      return { problem: `${path} cannot be read: ${problemOf(error)}` };
    }
  }

  /** The id of the first certificate in a PEM file, or of a DER file; or why there is none. */
  certificateId(path: string): { readonly id: string } | { readonly problem: string } {
    this.paths.add(path);
    try {
      const bytes = this.#read(path);
      const block = readPem(new TextDecoder('latin1').decode(bytes)).blocks.find(
        ({ label }) => label === 'CERTIFICATE',
      );
      const der = block ? Buffer.from(block.text.replaceAll(/-----[^-]*-----/g, ''), 'base64') : bytes;
      readCertificate(der);
      return { id: createHash('sha256').update(der).digest('hex') };
    } catch (error) {
      return { problem: `${path} is not a certificate that can be used: ${problemOf(error)}; name a PEM or DER file` };
    }
  }
}

/** A mistake of a file as a whole. */
export function atStart(file: string, message: string): FileMistake {
  return { file, line: 1, column: 1, message };
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'this user may not read it';
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : message;
}
