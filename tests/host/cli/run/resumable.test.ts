// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32
import { describe, expect, it } from 'vitest';
import { resumableInThread } from '../../../../host/cli/run/resumable/resumable-in-thread.js';
import { makeResumable } from '../../../../host/microvisor/index.js';
import { compileCGuest } from '../../microvisor/rig/compile-c-guest.js';

const BLOCKING = ['env.mv_host_wait'];
/** So much code that Binaryen has work for seconds. */
const large = () =>
  compileCGuest(`
    #include <stdio.h>
    ${Array.from(
      { length: 400 },
      (_, n) => `
      __attribute__((noinline)) int work_${n}(int a, int b) {
        char text[64];
        for (int i = 0; i < b; i++) { a += snprintf(text, sizeof text, "%d %d", a, i) * ${n}; if (a % 7 == 0) a = mv_host_wait(a); }
        return a;
      }`,
    ).join('')}
    int main(void) { int sum = 0; ${Array.from({ length: 400 }, (_, n) => `sum += work_${n}(sum, ${n});`).join('')} return sum; }`);

describe('a guest that is made resumable in a thread', () => {
  it('becomes the same as in this one', async () => {
    const bytes = compileCGuest('int main(void) { return mv_host_wait(5); }');
    const rewrite = resumableInThread(new AbortController().signal, () => {});
    expect(Buffer.from(await rewrite(bytes, BLOCKING))).toEqual(Buffer.from(await makeResumable(bytes, BLOCKING)));
  });

  it('is given up at once when the run is stopped, and the event loop goes on meanwhile', async () => {
    const stop = new AbortController();
    let long = 0;
    const work = resumableInThread(stop.signal, () => {
      long++;
      stop.abort();
    })(large(), BLOCKING);
    await expect(work).rejects.toThrow('aborted');
    expect(long).toBe(1);
  });

  it('is refused with what Binaryen says', async () => {
    const work = resumableInThread(new AbortController().signal, () => {})(Uint8Array.of(1, 2, 3), BLOCKING);
    await expect(work).rejects.toThrow();
  });
});
