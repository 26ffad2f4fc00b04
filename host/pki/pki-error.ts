/**
 * What a {@link PkiError} is about:
 * - `damaged`: a file is not the PEM text that it should be
 * - `key-mismatch`: a key does not belong to the certificate beside it
 * - `key-missing`: a certificate has no key beside it
 * - `foreign`: a certificate or key was not made here, so it is not replaced either
 * - `invalid-device-sid`: the device SID cannot be a certificate's name
 * - `invalid-name`: the name of a device cannot be a certificate's name
 * - `frozen-intrinsics`: Node was started with --frozen-intrinsics, with which no certificate can be made
 * - `unusable`: the folder or a file cannot be read or written
 */
export type PkiErrorCode =
  | 'damaged'
  | 'key-mismatch'
  | 'key-missing'
  | 'foreign'
  | 'invalid-device-sid'
  | 'invalid-name'
  | 'frozen-intrinsics'
  | 'unusable';

/**
 * An error of the development PKI. The message names the file and says what to do; no file was changed.
 *
 * @example
 * ```ts
 * import { ensureNamedDevice, PkiError, type PkiErrorCode } from 'wasmqtt/pki';
 *
 * const seen: PkiErrorCode[] = [];
 * try {
 *   await ensureNamedDevice('pki', 'a name with spaces');
 * } catch (error) {
 *   if (!(error instanceof PkiError)) throw error;
 *   seen.push(error.code);
 * }
 * seen; // => [ 'invalid-name' ]
 * ```
 */
export class PkiError extends Error {
  readonly code: PkiErrorCode;
  /** the absolute path of the file that it is about, if there is one */
  readonly file?: string;

  constructor(code: PkiErrorCode, message: string, file?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PkiError';
    this.code = code;
    this.file = file;
  }
}
