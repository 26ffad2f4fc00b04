import { describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';

async function refused(args: string[], variables: Record<string, string> = {}): Promise<string> {
  const { code, stderr } = await new Command(args, variables).ended;
  expect(code).toBe(2);
  return stderr;
}

const kafka = (...args: string[]) => ['bridge', 'kafka', ...args];

describe('the commands of bridges', () => {
  it.each([
    [kafka(), 'say what to carry'],
    [kafka('--from', 'a/#'), '--from needs --topic'],
    [kafka('--from', 'a/#/b', '--topic', 't'), '--from "a/#/b"'],
    [kafka('--from', 'a', '--topic', '{x}'), '{x} is not known'],
    [kafka('--from', 'a', '--from-topic', 'b', '--topic', 't'), 'say what to carry'],
    [kafka('--from-topic', '/(/', '--to', 'a'), 'is not a pattern'],
    [kafka('--from', 'a', '--topic', 't', '--mqtt', 'http://x'), 'use mqtt://HOST:PORT'],
    [kafka('--from', 'a', '--topic', 't', '--kafka', 'a:b:c'), 'not the address of a Kafka broker'],
    [kafka('--from', 'a', '--topic', 't', '--kafka-sasl', 'PLAIN'), '--kafka-sasl and --kafka-username go together'],
    [kafka('--from', 'a', '--topic', 't', '--ca', 'x'), 'are for mqtts://'],
    [kafka('--from', 'a', '--topic', 't', '--status', 'x'), 'Give PORT, or ADDRESS:PORT.'],
  ])('refuse %j with what to do', async (args, reason) => {
    expect(await refused(args)).toContain(reason);
  });

  it('refuse a variable by its name', async () => {
    expect(await refused(['dojot', 'v2k'], { V2K_MQTT_PRT: '1' })).toContain('did you mean V2K_MQTT_PORT?');
  });

  it('say once that Kafka is away, go on without a broker, and end in good order', async () => {
    const args = kafka(
      '--from',
      'a',
      '--topic',
      't',
      '--mqtt',
      'mqtt://127.0.0.1:1',
      '--kafka',
      '127.0.0.1:2',
      '--json',
    );
    const command = new Command(args);
    await command.event('kafka away');
    await command.event('disconnected');
    const { code, summary } = await command.interrupt();
    expect([code, summary?.event]).toEqual([0, 'stopped']);
  });
});
