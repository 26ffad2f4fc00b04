import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Takes a huge packet in a separate process, then a small one; memory in MiB. */
function measure(way: string, megabytes: number): { taken: number; most: number; left: number } {
  const program = fileURLToPath(new URL('programs/huge-packet.ts', import.meta.url));
  const options = ['--expose-gc', '--import', import.meta.resolve('tsx')];
  return JSON.parse(
    execFileSync(process.execPath, [...options, program, way, String(megabytes)], { encoding: 'utf8' }),
  );
}

describe('memory that one huge packet took is given back when the next packet comes', () => {
  it.each([
    ['decoder', 128],
    ['decoder, in fragments', 128],
    ['encoder', 128],
    ['encoder of a long list', 24],
    ['batch', 128],
    ['session, received', 128],
    ['session, sent', 128],
  ])('%s', (way, megabytes) => {
    const { taken, left } = measure(way, megabytes);
    expect(taken).toBe(megabytes * 1024 * 1024);
    // The core keeps up to 16 MiB, and a process of Node swings by some MiB. The packet or the core's copy of it would be more.
    expect(left).toBeLessThan(16 + megabytes / 2);
  });
});
