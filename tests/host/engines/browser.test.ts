// needs: chromium
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBroker } from '../../../host/broker/index.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { startBrowser } from '../cloud/page/browser.js';
import { bundlers } from './bundlers.js';
import { EngineFolder, expected, root } from './engine-folder.js';
import { bundleMqttPage } from './mqtt-page.js';
import { PageServer } from './page-server.js';

const folder = new EngineFolder();
const { folder: served, remove } = temporaryFolder();
const server = new PageServer(served, root);
let browser: Browser;
let origin: string;

beforeAll(async () => {
  [browser, origin] = await Promise.all([startBrowser(), server.start()]);
});

afterAll(async () => {
  await browser?.close();
  server.stop();
  folder.remove();
  remove();
});

/** What a page writes on its console first, or the error that ends its script. */
async function said(path: string): Promise<string> {
  const page = await browser.newPage();
  try {
    return await new Promise((resolve, reject) => {
      page.on('console', (message) => message.type() === 'log' && resolve(message.text()));
      page.on('pageerror', (error) => resolve(`${error.name}: ${error.message}`));
      page.goto(origin + path).catch(reject);
    });
  } finally {
    await page.close();
  }
}

const module = (text: string) => `<script type="module">${text}</script>`;
const core = '/package/build/web/core.js';

describe('a page without a bundler', () => {
  it('runs the small program with the core that init fetches, and views are of Uint8Array', async () => {
    for (const name of ['run-wasmqtt.js', 'small-program.js']) copyFileSync(folder.path(name), join(served, name));
    const map = JSON.stringify({ imports: { wasmqtt: core } });
    const print =
      "const output = await run(); console.log(encodePacket({ type: 'pingreq' }, 5).constructor.name + output)";
    const script = `import { encodePacket } from 'wasmqtt'; import { run } from './run-wasmqtt.js'; ${print}`;
    const policy =
      "default-src 'none'; connect-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; img-src data:";
    server.page('/plain.html', `<script type="importmap">${map}</script>${module(script)}`, policy);
    expect(await said('/plain.html')).toBe(`Uint8Array${expected}`);
  });

  it.each<[what: string, script: string, message: RegExp, policy?: string]>([
    [
      'something is called before init',
      `import { PacketDecoder } from '${core}'; new PacketDecoder().push(Uint8Array.of(0xc0, 0));`,
      /^CoreLoadError: wasmqtt: the core is not loaded: await init\(\) first, or import "wasmqtt\/inline"/,
    ],
    [
      'nothing is served at the address',
      `import { init } from '${core}'; await init('/none.wasm');`,
      /^CoreLoadError: wasmqtt: the core does not come from http:\S+\/none.wasm \(HTTP 404\): serve build\/core.wasm/,
    ],
    [
      'something else is served there',
      `import { init } from '${core}'; await init('/package/package.json');`,
      /^CoreLoadError: wasmqtt: the engine refuses the core: .*; it must be core.simd.wasm or core.wasm of this package/,
    ],
    [
      'the module was cut off',
      `import { init } from '${core}'; await init((await (await fetch('/package/build/core.wasm')).arrayBuffer()).slice(0, 9000));`,
      /^CoreLoadError: wasmqtt: the engine refuses the core: .*; it must be core.simd.wasm or core.wasm of this package, whole$/,
    ],
    [
      'init gets something else',
      `import { init } from '${core}'; await init(null);`,
      /^CoreLoadError: wasmqtt: init takes the address of core.wasm, a Response, its bytes or a WebAssembly.Module, not null$/,
    ],
    [
      'the module is another one',
      `import { init } from '${core}'; await init(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));`,
      /^CoreLoadError: wasmqtt: the module is not core.wasm or core.simd.wasm of this package$/,
    ],
    [
      'the policy of the page forbids WebAssembly',
      `import { init } from '${core}'; await init();`,
      /^CoreLoadError: wasmqtt: the engine refuses the core: .*must have 'wasm-unsafe-eval' in script-src$/,
      "script-src 'self' 'unsafe-inline'",
    ],
  ])('is told in one sentence when %s', async (_, script, message, policy) => {
    server.page('/fault.html', module(script), policy);
    expect(await said('/fault.html')).toMatch(message);
  });
});

describe.each(Object.entries(bundlers))('a bundle for a browser by %s, moved to another folder', (name, bundle) => {
  /** Bundles, moves and loads it as a module of a page. */
  async function output(entry: 'wasmqtt' | 'wasmqtt/inline'): Promise<string> {
    const place = `${name}-${entry === 'wasmqtt' ? 'address' : 'inline'}`;
    await bundle(folder.main(entry), folder.path(place, 'main.js'), { platform: 'browser', format: 'esm' });
    renameSync(folder.path(place), join(served, place));
    server.page(`/${place}/`, '<script type="module" src="main.js"></script>');
    return said(`/${place}/`);
  }

  it('runs with wasmqtt/inline', async () => {
    expect(await output('wasmqtt/inline')).toBe(expected);
  });

  // The others copy no files.
  if (name === 'Vite' || name === 'webpack') {
    it('fetches core.wasm, which the bundler copied', async () => {
      expect(await output('wasmqtt')).toBe(expected);
    });
  }
});

it('MQTT.js in a page runs on the drop-in, over WebSocket to our broker, in versions 3.1.1 and 5', async () => {
  const broker = await createBroker({ listeners: [{ protocol: 'ws', host: '127.0.0.1', port: 0 }] });
  try {
    await bundleMqttPage(join(served, 'mqtt.js'));
    const [{ port }] = broker.listeners;
    server.page('/mqtt.html', `<script>brokerPort = ${port}</script><script type="module" src="mqtt.js"></script>`);
    const one = ['t/small 0', 't/é € 1', 't/large 2', 'TOPIC_WILDCARD'];
    expect(JSON.parse(await said('/mqtt.html'))).toEqual({ 4: one, 5: one });
  } finally {
    await broker.close();
  }
});
