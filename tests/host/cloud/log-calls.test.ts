import { describe, expect, it } from 'vitest';
import { ACCOUNT_SID, openCloud, SID } from './cloud-rig.js';

const at = (second: number) => new Date(Date.UTC(2021, 0, 1, 12, 0, second));

/** A cloud with a device that has written `count` lines, one a second. */
async function openLogged(count: number) {
  const rig = await openCloud();
  const logs = rig.store.logs(ACCOUNT_SID);
  const lines = Array.from({ length: count }, (_, n) => ({ date: at(n + 1), text: `line ${n + 1}` }));
  await rig.store.devices(ACCOUNT_SID).ensure(SID);
  await logs.append(SID, lines);
  const read = async (query = '') => (await rig.call('GET', `/Devices/${SID}/Logs${query}`)).json;
  const texts = async (query = '') => (await read(query)).logs.map(({ text }: { text: string }) => text);
  return { ...rig, logs, read, texts };
}

describe('the log of a device', () => {
  it('is read in pages, each with the address of what comes next', async () => {
    const { call, read, cloud } = await openLogged(5);
    const first = await read('?PageSize=3');
    const url = `${cloud.url}/v1/Devices/${SID}/Logs?PageSize=3&After=`;
    expect(first).toEqual({
      logs: [1, 2, 3].map((sequence) => ({ sequence, date: at(sequence).toISOString(), text: `line ${sequence}` })),
      meta: { key: 'logs', url: `${url}0`, next_url: `${url}3` },
    });
    const { json } = await call('GET', first.meta.next_url);
    expect(json.logs.map(({ sequence }: { sequence: number }) => sequence)).toEqual([4, 5]);
    expect((await call('GET', json.meta.next_url)).json).toMatchObject({ logs: [], meta: { next_url: `${url}5` } });
  });

  it('is read from a time on, and from its end', async () => {
    const { texts } = await openLogged(5);
    expect(await texts(`?Since=${at(4).toISOString()}`)).toEqual(['line 4', 'line 5']);
    expect(await texts('?Last=true&PageSize=2')).toEqual(['line 4', 'line 5']);
    expect(await texts('?After=2&PageSize=1')).toEqual(['line 3']);
  });

  it('is followed: the answer waits for the next lines', async () => {
    const { texts, logs } = await openLogged(1);
    const next = texts('?After=1&Wait=50');
    await logs.append(SID, [{ date: at(9), text: 'at last' }]);
    expect(await next).toEqual(['at last']);
  });

  it('is answered when the time is up, or the server stops', async () => {
    const { texts, read, cloud } = await openLogged(1);
    expect(await texts('?After=1&Wait=1')).toEqual([]);
    const waiting = read('?After=1&Wait=50').then(
      () => 'answered',
      () => 'ended',
    );
    await texts();
    await cloud.close();
    expect(['answered', 'ended']).toContain(await waiting);
  });

  it.each(['After=-1', 'After=x', 'Since=yesterday', 'Last=1', 'PageSize=0', 'Wait=1.5'])(
    'is refused with %s',
    async (query) => {
      const { call } = await openLogged(1);
      expect((await call('GET', `/Devices/${SID}/Logs?${query}`)).status).toBe(400);
    },
  );

  it('is not found where there is no device', async () => {
    const { call } = await openCloud();
    expect((await call('GET', `/Devices/${SID}/Logs`)).status).toBe(404);
    expect((await call('GET', '/Devices/none/Logs')).status).toBe(404);
  });
});
