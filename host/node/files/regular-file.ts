import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes: a CRL of a million certificates. */
const MOST = 67_108_864;

/**
 * The content of a file that a running service reads, perhaps again and again: whatever has been put in its place, reading it ends soon. A
 * pipe would block the process until somebody writes, and a device like /dev/zero has no end.
 *
 * @throws Error of node:fs, or one that says that it is no regular file, or that it has more than 64 MiB
 */
export function readRegularFile(path: string): Buffer {
  // Without NONBLOCK opening a pipe waits for who writes to it.
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const about = fstatSync(handle);
    if (!about.isFile() && !about.isDirectory()) throw new Error('it is a pipe, socket or device; give a regular file');
    if (about.size > MOST) throw new Error(`it has ${about.size} bytes; ${MOST} are the most`);
    return contentOf(handle, about.size);
  } finally {
    closeSync(handle);
  }
}

/** At most so many bytes: the file may grow meanwhile. A folder throws EISDIR. */
function contentOf(handle: number, size: number): Buffer {
  const content = Buffer.alloc(Math.max(size, 1));
  let length = 0;
  while (length < content.length) {
    const read = readSync(handle, content, length, content.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return content.subarray(0, length);
}
