import { expect, it } from 'vitest';
import { openDojotPki } from '../../../../host/dojot/pki/pki.js';
import { entityName } from '../../../../host/dojot/pki/records/entity-name.js';
import { openPki } from './dojot-pki-rig.js';
import { requestFor } from './requests.js';
import { watched } from './watched-engine.js';

const COUNT = 6;
const { engine } = await openPki();
let failed = 0;
const counting = watched(engine, {
  commit: async (changes) => {
    const commit = await engine.commit(changes);
    if (!commit.committed) failed++;
    return commit;
  },
});

it('certificates that are asked for at once for one entity hinder each other once at most', async () => {
  const { entities, enrollment, caName } = await openDojotPki(counting, { generation: 1, now: Date.now });
  const name = entityName('admin:a1998e');
  await entities.put(name, caName, 'dojot');
  const csr = await requestFor(name.name);
  const issued = await Promise.all(Array.from({ length: COUNT }, () => enrollment.sign(name, 'dojot', csr)));
  expect(new Set(issued.map(({ serialNumber }) => serialNumber)).size).toBe(COUNT);
  expect(failed).toBeLessThan(COUNT);
  const before = failed;
  await Promise.all(Array.from({ length: COUNT }, () => enrollment.sign(name, 'dojot', csr)));
  expect(failed).toBe(before);
});
