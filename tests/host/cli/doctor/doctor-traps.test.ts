// needs: openssl
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TRAPS } from '../../credentials/all-traps.js';
import { type Material, makeMaterial, removeMaterial } from '../../credentials/material.js';
import { goodValues, placeOf, splitPlace, type Trap, withChanges } from '../../credentials/trap-case.js';
import { DoctorRig } from './doctor-rig.js';
import { expectTrapTable, type Row } from './trap-table.js';

const DEVICE_SID = `UV${'c'.repeat(32)}`;
const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };

let material: Material;
let rig: DoctorRig;
const rows = new Map<string, Row>();

beforeAll(() => {
  material = makeMaterial();
});

afterAll(() => removeMaterial(material));

beforeEach(() => {
  rig = new DoctorRig();
});

afterEach(() => rig[Symbol.dispose]());

/** A cloud that accepts longer values than ours. It returns these for every device. */
async function laxCloud(values: Record<string, string>) {
  const server = createServer(({ url = '' }, response) => {
    const store = /\/Secrets/.test(url) ? 'secret' : 'config';
    const found = Object.entries(values)
      .filter(([place]) => splitPlace(place).store === store && /\/Devices\//.test(url))
      .map(([place, value]) => ({ key: splitPlace(place).name, ...(store === 'config' && { value }) }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ [`${store}s`]: found, meta: { next_page_url: null } }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function findingsOf(trap: Trap) {
  const values = withChanges(goodValues(material), trap.changes(material));
  const args = [
    ...(trap.warnDays ? ['--warn-days', `${trap.warnDays}`] : []),
    ...(trap.authentication ? ['--authentication', trap.authentication] : []),
  ];
  if (!trap.foreignStore) {
    await rig.fill(values);
    return (await rig.doctor(args)).findings;
  }
  const cloud = await laxCloud(values);
  try {
    return (await rig.doctor(['--cloud', cloud.url, '--device-sid', DEVICE_SID, ...args], ACCOUNT)).findings;
  } finally {
    cloud.close();
  }
}

describe('each trap is reported by a run', () => {
  it.each(TRAPS.map((trap) => [trap.trap, trap.case, trap] as const))('%s: %s', async (name, did, trap) => {
    const { severity, besides = [] } = trap;
    const findings = await findingsOf(trap);
    const where = placeOf(trap, material);
    const finding = findings.find((found) => found.trap === name && found.where === where);
    expect(finding, JSON.stringify(findings)).toMatchObject({ severity });
    for (const other of findings) expect([name, ...besides]).toContain(other.trap);
    rows.set(did, [did, finding!]);
  });

  it('docs/doctor.md has a table of what they said', () => {
    expect(rows.size, 'this test needs all others of this file').toBe(TRAPS.length);
    expectTrapTable(
      'traps',
      TRAPS.map(({ case: did }) => rows.get(did)!),
    );
  });
});
