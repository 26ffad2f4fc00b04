// needs: python3
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { strftime } from '../../../../host/cli/broker/strftime.js';

const FORMATS = [...'aAbBcCdDeFhHIjklmMprRsSTuwxXyYz'].map((letter) => `%${letter}`);
const TIMES = [0, 1_582_912_839, 1_709_164_799, 1_735_689_599, 1_751_328_000, 1_796_000_005];

describe('the time in the log', () => {
  it('is what strftime of the C library writes', () => {
    const program =
      'import sys,time,json\nprint(json.dumps([[time.strftime(f, time.localtime(t)) for f in json.loads(sys.argv[1])] for t in json.loads(sys.argv[2])]))';
    const args = ['-c', program, JSON.stringify(FORMATS), JSON.stringify(TIMES)];
    const expected = JSON.parse(
      execFileSync('python3', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }),
    );
    const ours = TIMES.map((time) => FORMATS.map((format) => strftime(format, new Date(time * 1000))));
    expect(ours).toEqual(expected);
  });

  it('keeps what is not a conversion', () => {
    expect(strftime('100%% %Q %', new Date(0))).toBe('100% %Q %');
  });
});
