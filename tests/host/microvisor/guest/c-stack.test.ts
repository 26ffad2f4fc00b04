import { describe, expect, it } from 'vitest';
import { CStack } from '../../../../host/microvisor/guest/blocking/c-stack.js';

const LOW = 16_384;
const HIGH = 65_536;

function stack() {
  const memory = { buffer: new ArrayBuffer(HIGH) };
  return { stack: new CStack(memory, LOW, HIGH, true), bytes: new Uint8Array(memory.buffer) };
}

describe('a C stack', () => {
  it('fills one page of memory when it is made, and leaves the others untouched', () => {
    const { stack: one, bytes } = stack();
    expect(bytes.findIndex((byte) => byte !== 0)).toBe(HIGH - 4096);
    expect(one.limit).toBe(HIGH - 4096 + 128);
  });

  it('grows to the page below what a leaf function may use under the stack pointer', () => {
    const { stack: one, bytes } = stack();
    expect(one.grow(HIGH - 10_000)).toBe(true);
    expect(bytes.findIndex((byte) => byte !== 0)).toBe(HIGH - 12_288);
    expect(one.grow(HIGH - 12_288 + 127)).toBe(true);
    expect(bytes.findIndex((byte) => byte !== 0)).toBe(HIGH - 16_384);
  });

  it('keeps what is on it when it grows', () => {
    const { stack: one, bytes } = stack();
    bytes[HIGH - 4000] = 1;
    one.grow(LOW);
    expect(bytes[HIGH - 4000]).toBe(1);
    expect(one.peak()).toBe(4000);
    expect(one.limit).toBe(LOW);
  });

  it('does not grow out of its region', () => {
    const { stack: one } = stack();
    for (const pointer of [LOW - 16, HIGH + 16, -16]) expect(one.grow(pointer)).toBe(false);
    expect(one.peak()).toBe(0);
  });

  it('that may have data in it is not filled', () => {
    const memory = { buffer: new ArrayBuffer(HIGH) };
    const one = new CStack(memory, 0, HIGH, false);
    one.clear();
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
    expect(one.limit).toBe(0);
  });
});
