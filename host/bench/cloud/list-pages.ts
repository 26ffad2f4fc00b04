import { median } from '../statistics.js';
import type { CloudProcess } from './cloud-process.js';
import type { KeepAliveClient } from './keep-alive-client.js';

const PAGE_SIZE = 1000;
const ROUNDS = 31;

/** What a page takes, in milliseconds of the clock. */
export interface PageTimes {
  first: number;
  last: number;
}

/** The first page of the account's configs against the last full one, found by following `next_page_url`. @throws Error when a call fails */
export async function pageTimes(cloud: CloudProcess, client: KeepAliveClient): Promise<PageTimes> {
  const first = `${cloud.url}/v1/Configs?PageSize=${PAGE_SIZE}`;
  const fetchPage = async (address: string) => JSON.parse(await client.call(cloud.authorization, address));
  let last = first;
  for (let address: string | null = first; address !== null; ) {
    const { configs, meta } = await fetchPage(address);
    if (configs.length === PAGE_SIZE) last = address;
    address = meta.next_page_url;
  }
  const times = { first: [] as number[], last: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, address] of Object.entries({ first, last })) {
      const begun = performance.now();
      await client.call(cloud.authorization, address);
      times[name as keyof PageTimes].push(performance.now() - begun);
    }
  }
  return { first: median(times.first), last: median(times.last) };
}
