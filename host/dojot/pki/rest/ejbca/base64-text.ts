import { RequestProblem } from '../../../../http/request-problem.js';

/** Lines of 64 characters, as in PEM, without its first and last line. */
export function base64Lines(der: Uint8Array): string {
  return Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?!$)/g, '$&\n');
}

/** Line breaks count for nothing: whoever sends a part of a PEM file may have left them in. */
const BASE64 = /^[0-9A-Za-z+/\r\n]+={0,2}[\r\n]*$/;

/** The bytes of a CSR in base64. @throws RequestProblem 400 */
export function csrOf(text: unknown): Buffer {
  if (typeof text !== 'string' || text === '') {
    throw new RequestProblem(
      400,
      'certificate is missing; send the CSR in base64 of DER: the lines of its PEM file between BEGIN and END',
    );
  }
  const plain = text.replaceAll(/[\r\n]/g, '');
  const bytes = BASE64.test(text) ? Buffer.from(plain, 'base64') : undefined;
  if (bytes && bytes.toString('base64') === plain) return bytes;
  throw new RequestProblem(
    400,
    'certificate is not base64; send the lines of the CSR between BEGIN and END, without these two',
  );
}
