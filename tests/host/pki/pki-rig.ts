import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ensurePki, PkiError } from '../../../host/pki/index.js';

export const SID = `UV${'0123456789abcdef'.repeat(2)}`;
export const DAY = 86_400_000;

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-pki-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A PKI in a folder, at a time given in milliseconds. */
export function pkiAt(folder: string, time: number, deviceSid = SID) {
  return ensurePki(folder, { deviceSid, now: () => time });
}

/** The PkiError that the call ends in; anything else fails the test. */
export async function pkiError(call: Promise<unknown>): Promise<PkiError> {
  const error = await call.then(
    () => new Error('the call succeeded, and a PkiError was expected'),
    (reason) => reason,
  );
  if (error instanceof PkiError) return error;
  throw error;
}

/** Runs the real openssl. */
export function openssl(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile('openssl', args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}
