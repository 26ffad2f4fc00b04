import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { undoAfterEach } from '../../../interop/undo.js';
import { smallDisk } from '../../broker/store/small-disk.js';

const undo = undoAfterEach();

it('wasmqtt cloud on a full disk answers 507 to writes, reads on, and writes again when there is room', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (!disk) skip('needs the right to mount a tmpfs');
  const ballast = join(disk!, 'ballast');
  writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024));
  const command = new Command(['cloud', '--port', '0', '--json', '--data', join(disk!, 'data')]);
  undo.push(() => command.kill());
  const { url, accountSid, authToken } = await command.event('listening');
  const base = `${url.replace(/\/v1$/, '')}/v1/Secrets`;
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
  const create = async (key: string) => {
    const body = new URLSearchParams({ Key: key, Value: 'v'.repeat(4000) });
    const response = await fetch(base, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  const stored = new Set<string>();
  const refusals: string[] = [];
  const writer = async (name: string) => {
    for (let n = 0; refusals.length < 20; n++) {
      const { status, text } = await create(`${name}-${n}`);
      if (status === 201) stored.add(`${name}-${n}`);
      else refusals.push(`${status} ${JSON.parse(text).message}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => writer(`w${n}`)));
  for (const refusal of refusals)
    expect(refusal).toMatch(/^507 the disk of the store is full; nothing was changed, and reads go on/);

  const listed = (await (await fetch(`${base}?PageSize=1000`, { headers })).json()) as { secrets: { key: string }[] };
  expect(new Set(listed.secrets.map(({ key }) => key))).toEqual(stored);
  rmSync(ballast);
  expect((await create('after')).status).toBe(201);
  expect((await command.interrupt()).code).toBe(0);
});
