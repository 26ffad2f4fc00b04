import { ACCOUNT_SID, AUTH_TOKEN } from './cloud-rig.js';

/** The smallest WebAssembly module, with a custom section that makes modules differ. */
export function appModule(name = ''): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(name);
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, text.length + 1, text.length, ...text]);
}

/** @param query as `?UniqueName=pump`. @returns the application's JSON */
export async function uploadApp(
  url: string,
  query = '',
  body: string | Uint8Array<ArrayBuffer> = appModule(),
  type = 'application/wasm',
) {
  const authorization = `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}`;
  const headers = { authorization, 'content-type': type };
  const response = await fetch(`${url}/v1/Apps${query}`, { method: 'POST', headers, body });
  // biome-ignore lint/suspicious/noExplicitAny: an application or an error
  const json = (await response.json()) as any;
  return { status: response.status, ...json };
}
