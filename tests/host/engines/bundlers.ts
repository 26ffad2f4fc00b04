import { basename, dirname } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

/** What a bundle is for. */
export interface Target {
  platform: 'node' | 'browser';
  format: 'esm' | 'cjs';
}

/** Bundles an entry into one file, beside which there may be others. Each works as its documents show, with nothing but what it has. */
type Bundler = (entry: string, outfile: string, target: Target) => Promise<unknown>;

const withEsbuild: Bundler = (entry, outfile, { platform, format }) =>
  esbuild({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform,
    format,
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });

const withRollup: Bundler = async (entry, outfile, { platform, format }) => {
  const isForBrowser = platform === 'browser';
  const bundle = await rollup({
    input: entry,
    plugins: [nodeResolve({ browser: isForBrowser, exportConditions: [platform] })],
  });
  await bundle.write({ file: outfile, format });
};

const withVite: Bundler = (entry, outfile, { platform, format }) =>
  vite({
    configFile: false,
    root: dirname(entry),
    base: './',
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: platform === 'node',
      outDir: dirname(outfile),
      minify: false,
      modulePreload: false,
      rolldownOptions: { input: entry, output: { format, entryFileNames: basename(outfile) } },
    },
  });

const withWebpack: Bundler = (entry, outfile, { platform, format }) =>
  new Promise<void>((resolve, reject) => {
    const isModule = format === 'esm';
    webpack(
      {
        mode: 'development',
        devtool: false,
        context: dirname(entry),
        entry,
        target: platform === 'node' ? 'node20' : 'web',
        experiments: { outputModule: isModule },
        output: { path: dirname(outfile), filename: basename(outfile), module: isModule, publicPath: 'auto' },
      },
      (error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors() || stats?.hasWarnings()) reject(new Error(stats.toString('errors-warnings')));
        else resolve();
      },
    );
  });

export const bundlers = { esbuild: withEsbuild, Rollup: withRollup, Vite: withVite, webpack: withWebpack };
