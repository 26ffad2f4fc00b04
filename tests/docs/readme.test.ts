import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SessionContext } from '../../build/abi/core.js';

const LARGEST = 12_288;
const readme = readFileSync('README.md', 'utf8');
const firmware = readFileSync('docs/firmware.md', 'utf8');

describe('README', () => {
  it('is two screens', () => {
    expect(statSync('README.md').size).toBeLessThanOrEqual(LARGEST);
  });

  it('begins with the two commands that the project is checked by', () => {
    const firstScreen = readme.split('\n').slice(0, 24).join('\n');
    expect(firstScreen).toContain('npm install && npm start');
    expect(firstScreen).toContain('npm install && npm test');
    expect(firstScreen).toContain('npm start -- --for 10s');
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) });
    const ci = readFileSync('.ci/run', 'utf8');
    expect(ci).toContain('npm test');
    expect(ci).toContain('npm start -- --for 10s');
  });
});

describe('docs/firmware.md', () => {
  it('shows the sizes that the modules have', () => {
    const rows = [...firmware.matchAll(/^\| `build\/([\w.]+\.wasm)` .*\| ([\d,]+) \|/gm)];
    expect(rows.map(([, name]) => name)).toEqual(['core.wasm', 'core.simd.wasm', 'app.wasm']);
    for (const [, name, size] of rows)
      expect(`${name} ${size}`).toBe(`${name} ${statSync(`build/${name}`).size.toLocaleString('en-US')}`);
  });

  it('says how much memory a session takes', () => {
    const { HEADER, ENTRY } = SessionContext;
    expect(firmware.replaceAll('\n', ' ')).toContain(
      `8 messages in flight each way takes ${HEADER + 16 * ENTRY} bytes`,
    );
  });
});
