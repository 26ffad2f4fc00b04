import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';

const temporary = temporaryFolder();
afterAll(() => temporary.remove());

const bench = (...words: string[]) => new Command(['bench', ...words], {}, temporary.folder);

describe('wasmqtt bench', () => {
  it('saves a run and compares the next with it', async () => {
    const first = await bench('--filter', 'policy.decide.session', '--save', 'run.json').ended;
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^policy\.decide\.session +limit .* %/m);
    const { results } = JSON.parse(readFileSync(join(temporary.folder, 'run.json'), 'utf8'));
    expect(results).toHaveLength(1);
    expect(results[0].halves).toHaveLength(2);
  });

  it('says what is wrong before it measures', async () => {
    const wrong = async (...words: string[]) => (await bench(...words).ended).stderr;
    expect(await wrong('--filter', 'nothing')).toMatch(
      /^wasmqtt: --filter nothing: no row has this in its name; there are /,
    );
    expect(await wrong('--compare', 'none.json')).toMatch(/^wasmqtt: --compare none.json: .*no such file/);
    expect(await wrong('--save', 'none/run.json')).toMatch(/^wasmqtt: --save none\/run.json: .*no such file/);
  });
});
