import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from './engine-folder.js';

/** Modules of Node that MQTT.js imports and a page does not use. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(assert|dns|net|url|util)$/ }, ({ path }) => ({ path, namespace: 'without-node' }));
    onLoad({ filter: /.*/, namespace: 'without-node' }, () => ({
      contents: 'module.exports = { promisify: () => {} };',
    }));
  },
};

/** Bundles MQTT.js for a page, with the drop-in in the place of mqtt-packet and packages in the place of modules of Node. */
export async function bundleMqttPage(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'programs/mqtt-page.ts')],
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    define: { global: 'globalThis' },
    alias: { 'mqtt-packet': 'wasmqtt/mqtt-packet', stream: 'readable-stream' },
    plugins: [withoutNode],
    inject: [join(import.meta.dirname, 'programs/node-globals.js')],
  });
}
