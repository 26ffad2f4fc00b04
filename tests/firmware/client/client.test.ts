// needs: gcc, g++, stdio.h, wasm2c, mosquitto
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child, done } from '../../interop/child.js';
import { freePort } from '../../interop/temporary.js';
import { temporaryFolder } from '../temporary-folder.js';
import { clientProgram } from './client-runner.js';

const folder = temporaryFolder();
let port = 0;
let mosquitto: Child;

beforeAll(async () => {
  port = await freePort();
  const user = process.getuid?.() === 0 ? ['user root'] : [];
  const lines = [...user, 'log_dest stderr', 'allow_anonymous true', 'set_tcp_nodelay true'];
  writeFileSync(join(folder, 'mosquitto.conf'), `${[...lines, `listener ${port} 127.0.0.1`].join('\n')}\n`);
  mosquitto = new Child('mosquitto', ['-c', join(folder, 'mosquitto.conf')]);
  await mosquitto.line('stderr', /mosquitto version \S+ running/);
});

afterAll(() => mosquitto.kill());

const sumOf = (bytes: Uint8Array) => bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 0).toString(16);
const LARGE = Uint8Array.from({ length: 700 }, (_, i) => i * 7);

it('has a header without warnings in C99 and in C++ from 98 on', () => {
  const strict = [
    '-Wall',
    '-Wextra',
    '-Wpedantic',
    '-Wconversion',
    '-Werror',
    '-Ibuild',
    '-Ihost/wasm3',
    '-Ihost/wasm3/client',
  ];
  for (const [compiler, standard] of [
    ['gcc', 'c99'],
    ['g++', 'c++98'],
    ['g++', 'c++20'],
  ]) {
    const words = [`-std=${standard}`, ...strict, '-x', compiler === 'gcc' ? 'c' : 'c++', '-fsyntax-only', '-'];
    const { stderr } = spawnSync(compiler, words, { input: '#include "wq_client.h"\n', encoding: 'utf8' });
    expect(stderr, standard).toBe('');
  }
});

describe.each(['wasm3', 'wasm2c'] as const)('the client in C over %s', (engine) => {
  const program = clientProgram(['client_runner.c', 'line.c'], engine, folder);
  const run = async (command: string, version: number) => {
    const words = [command, String(port), String(version), 'build/core.wasm'];
    const { stdout } = await done(program, words);
    return stdout.trim().split('\n');
  };

  describe.each([4, 5])('with mosquitto and MQTT version %i', (version) => {
    it('subscribes, publishes and receives with QoS 0 to 2, also a payload larger than its buffers, and disconnects', async () => {
      const topic = `t/${engine}-exchange-${version}-0`;
      const properties = version === 5 ? ' property 38 0 n=v property 2 60 =' : '';
      const message = (qos: number) =>
        `message ${topic} 7 bytes ${sumOf(Buffer.from('payload'))} qos ${qos}${properties}`;
      const said = await run('exchange', version);
      // Which of the two comes first is up to the broker.
      expect(said.slice(2, -3).sort()).toEqual(
        [
          ...[0, 1, 2, 2].map((qos) => `published qos ${qos}: 0 0`),
          ...[0, 1, 2].map(message),
          `message ${topic} 700 bytes ${sumOf(LARGE)} qos 2`,
        ].sort(),
      );
      expect(said.slice(0, 2)).toEqual(['connected, session 0', 'subscribed 1 code 2']);
      expect(said.slice(-3)).toEqual([`unsubscribed ${version === 5 ? 1 : 0}`, 'closed 0 0', 'well']);
    });

    it('reports a transport that lies about lengths, fails or cannot be opened, and delivers once after it', async () => {
      const lies = 5;
      const bytesOneByOne = 2;
      const lostConnack = 1;
      const said = await run('faults', version);
      expect(said).toEqual([
        Array(lies + bytesOneByOne + lostConnack)
          .fill(1)
          .join(' '),
        'well',
      ]);
    });

    it('delivers a message of QoS 2 exactly once when the line is cut at any byte, in either direction', async () => {
      const said = await run('cuts', version);
      expect(said.at(-1), said.join('\n')).toBe('well');
      for (const line of said.slice(0, -1)) expect(Number(/^cut at (\d+) bytes$/.exec(line)?.[1])).toBeGreaterThan(50);
    });

    it('keeps alive while a clock of 32 bits wraps, and gives up a silent or stuck line in time', async () => {
      const [pings, deaf, stuck, end] = await run('wraps', version);
      expect(pings).toBe('300 seconds, the clock is at 199999');
      expect(deaf).toMatch(/^given up after 90\d{3} ms: -169$/);
      expect(stuck).toMatch(/^given up after 30\d{3} ms: -1006$/);
      expect(end).toBe('well');
    });
  });
});
