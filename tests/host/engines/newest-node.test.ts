// needs: node-26
import { afterAll, expect, it } from 'vitest';
import { newestNode } from '../../../tools/test/newest-node.js';
import { Child } from '../../interop/child.js';
import { EngineFolder, expected } from './engine-folder.js';

const folder = new EngineFolder();
afterAll(() => folder.remove());

it.each(['wasmqtt', 'wasmqtt/inline'] as const)(
  'the small program returns the same in Node 26, with %s',
  async (name) => {
    const { code, stdout, stderr } = await new Child(newestNode(), [folder.main(name)], { cwd: folder.path() }).ended;
    expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: expected, stderr: '' });
  },
);

it('Node 26 is what runs', async () => {
  const { stdout } = await new Child(newestNode(), ['--version'], {}).ended;
  expect(stdout).toMatch(/^v26\./);
});
