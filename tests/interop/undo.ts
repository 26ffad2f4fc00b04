import { afterEach } from 'vitest';

/** Things to do after each test of the file or group that calls it, the last that was added first. They may return promises. */
export function undoAfterEach(): { push(...actions: (() => unknown)[]): void } {
  const actions: (() => unknown)[] = [];
  afterEach(async () => {
    for (const action of actions.splice(0).reverse()) await action();
  });
  return { push: (...more) => void actions.push(...more) };
}
