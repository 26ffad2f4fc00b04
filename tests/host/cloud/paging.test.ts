import { describe, expect, it } from 'vitest';
import { ACCOUNT, DEVICE, openCloud, SID } from './cloud-rig.js';

const KEYS = Array.from({ length: 7 }, (_, n) => `key ${n}`);

async function withKeys(keys = KEYS) {
  const opened = await openCloud();
  await opened.values.write(
    keys.map((key) => ({ op: 'set', scope: DEVICE, store: 'configs', key, value: `of ${key}` })),
  );
  const list = async (target: string) => {
    const { status, json } = await opened.call('GET', target);
    return { status, json, meta: json.meta, keys: (json.configs ?? []).map((config: { key: string }) => config.key) };
  };
  return { ...opened, list, path: `/Devices/${SID}/Configs` };
}

describe('lists', () => {
  it('are one page of 50 when nothing is asked for', async () => {
    const { list, path, cloud } = await withKeys();
    const url = `${cloud.url}/v1${path}?PageSize=50&Page=0`;
    const { json, keys } = await list(path);
    expect(keys).toEqual(KEYS);
    expect(json.configs[0]).toMatchObject({ device_sid: SID, key: 'key 0', value: 'of key 0' });
    expect(json.meta).toEqual({
      page: 0,
      page_size: 50,
      first_page_url: url,
      previous_page_url: null,
      url,
      next_page_url: null,
      key: 'configs',
    });
  });

  it('are empty when there is nothing', async () => {
    const { json } = await (await openCloud()).call('GET', '/Secrets');
    expect(json.secrets).toEqual([]);
    expect(json.meta).toMatchObject({ page: 0, previous_page_url: null, next_page_url: null, key: 'secrets' });
  });

  it('can be walked forwards by next_page_url and backwards by previous_page_url', async () => {
    const { list, path } = await withKeys();
    const forwards = [];
    let page = await list(`${path}?PageSize=3`);
    for (;;) {
      forwards.push([page.meta.page, page.keys]);
      expect(await list(page.meta.url)).toEqual(page);
      if (page.meta.next_page_url === null) break;
      page = await list(page.meta.next_page_url);
    }
    expect(forwards).toEqual([
      [0, KEYS.slice(0, 3)],
      [1, KEYS.slice(3, 6)],
      [2, KEYS.slice(6)],
    ]);
    const backwards = [];
    while (page.meta.previous_page_url !== null) {
      page = await list(page.meta.previous_page_url);
      backwards.push([page.meta.page, page.keys]);
    }
    expect(backwards).toEqual(forwards.slice(0, -1).reverse());
    expect(page.meta.url).toBe(page.meta.first_page_url);
  });

  it('have no next page when the last page is full', async () => {
    const { list, path } = await withKeys(KEYS.slice(0, 6));
    const second = await list((await list(`${path}?PageSize=3`)).meta.next_page_url);
    expect([second.keys, second.meta.next_page_url]).toEqual([KEYS.slice(3, 6), null]);
  });

  it('lose and repeat nothing when values before the page are deleted meanwhile', async () => {
    const { list, path, values } = await withKeys();
    const first = await list(`${path}?PageSize=3`);
    await values.delete(DEVICE, 'configs', 'key 2');
    await values.delete(DEVICE, 'configs', 'key 0');
    expect((await list(first.meta.next_page_url)).keys).toEqual(KEYS.slice(3, 6));
  });

  it('also have pages by number, and a page after the end is empty', async () => {
    const { list, path } = await withKeys();
    expect((await list(`${path}?PageSize=3&Page=1`)).keys).toEqual(KEYS.slice(3, 6));
    const after = await list(`${path}?PageSize=3&Page=9`);
    expect([after.keys, after.meta.next_page_url]).toEqual([[], null]);
    expect(after.meta.previous_page_url).toContain('PageSize=3&Page=8');
    for (const page of ['4294967296', '9'.repeat(400)]) {
      expect((await list(`${path}?PageSize=1000&Page=${page}`)).keys, page).toEqual([]);
    }
  });

  it('have at most 1000 values on a page', async () => {
    const { call, values } = await openCloud();
    const keys = Array.from({ length: 1001 }, (_, n) => `k${String(n).padStart(4, '0')}`);
    await values.write(keys.map((key) => ({ op: 'set', scope: ACCOUNT, store: 'secrets', key, value: '' })));
    for (const size of ['1001', '5000', '9999999999', '9'.repeat(400)]) {
      const { json } = await call('GET', `/Secrets?PageSize=${size}`);
      expect([json.secrets.length, json.meta.page_size], size).toEqual([1000, 1000]);
    }
    const { json } = await call('GET', '/Secrets?PageSize=5000');
    expect((await call('GET', json.meta.next_page_url)).json.secrets).toHaveLength(1);
    expect((await call('GET', '/Secrets')).json.secrets).toHaveLength(50);
  });

  it.each([
    'PageSize=0',
    'PageSize=-1',
    'PageSize=ten',
    'Page=-1',
    'Page=1.5',
    'PageSize=1&PageSize=2',
    'PageToken=xyz',
    'PageToken=PA',
  ])('are refused for %s', async (query) => {
    const { list, path } = await withKeys();
    const { status, json } = await list(`${path}?${query}`);
    expect([status, json.message]).toEqual([400, expect.stringContaining(query.split('=')[0])]);
  });
});
