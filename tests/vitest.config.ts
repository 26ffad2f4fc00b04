import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/host/**/*.test.ts', 'tests/interop/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
