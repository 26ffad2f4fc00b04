import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MvStatus, nameOf } from '../../../../build/abi/microvisor.js';
import { FlashFile } from '../../../../host/microvisor/index.js';
import { flashHandle } from '../cases/flash.js';
import { Rig } from '../rig/rig.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-flash-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const newPath = () => join(folder, `${++count}.bin`);

describe('a flash in a file', () => {
  it('is made erased, for its owner alone, and keeps what was written', () => {
    const path = newPath();
    const flash = FlashFile.open(path, 8192);
    expect(readFileSync(path)).toEqual(Buffer.alloc(8192, 0xff));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    flash.write(4095, Uint8Array.of(1, 2));
    flash.close();
    const again = FlashFile.open(path, 8192);
    const bytes = new Uint8Array(4);
    again.read(4094, bytes);
    expect([...bytes]).toEqual([0xff, 1, 2, 0xff]);
    again.close();
  });

  it('has the size of a file that is there', () => {
    const path = newPath();
    writeFileSync(path, Buffer.alloc(12_288));
    const flash = FlashFile.open(path, 8192);
    expect(flash.size).toBe(12_288);
    flash.close();
  });

  it('is refused for a file that is not a multiple of 4096 bytes', () => {
    const path = newPath();
    writeFileSync(path, 'image');
    expect(() => FlashFile.open(path, 4096)).toThrow(/has 5 bytes, which is not a multiple of 4096/);
  });

  it('is refused where it cannot be, and for a size that it cannot have', () => {
    expect(() => FlashFile.open(join(folder, 'no', 'such.bin'), 4096)).toThrow(
      /such\.bin: cannot be an external flash/,
    );
    expect(() => FlashFile.open(folder, 4096)).toThrow(/name another file/);
    expect(() => FlashFile.open(newPath(), 5000)).toThrow('5000 bytes is not a multiple of 4096');
  });

  it('that fails makes a call UNAVAILABLE, and says why', () => {
    const path = newPath();
    const flash = FlashFile.open(path, 8192);
    const rig = new Rig({ flash });
    const handle = flashHandle(rig);
    truncateSync(path, 100);
    const read = () => rig.call('mvExternalFlashReadBlocking', handle, 4096, 16, rig.alloc(16));
    expect(nameOf(MvStatus, read())).toBe('UNAVAILABLE');
    expect(rig.events.at(-1)).toEqual({ event: 'flashFailed', detail: `${path} has become shorter` });
    flash.close();
    expect(nameOf(MvStatus, read())).toBe('UNAVAILABLE');
  });
});
