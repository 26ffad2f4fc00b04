import { describe, expect, it } from 'vitest';
import { logging } from '../cases/logging.js';
import { statusTests } from '../cases/status-tests.js';
import { Rig } from '../rig/rig.js';

describe('logging', () => {
  statusTests(logging);

  it('writes lines to the log sink and to the events', () => {
    const rig = new Rig();
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    const { data, length } = rig.put('temperature 21°');
    rig.ok('mvServerLog', data, length);
    expect(rig.log).toEqual(['temperature 21°']);
    expect(rig.events).toContainEqual({ event: 'log', text: 'temperature 21°' });
  });

  it('keeps lines while the link is down and writes them in order when it is up again', () => {
    const rig = new Rig();
    rig.ok('mvServerLoggingInit', rig.buffer(512), 512);
    rig.kernel.network.setLink(false);
    for (const text of ['one', 'two']) {
      const { data, length } = rig.put(text);
      rig.ok('mvServerLog', data, length);
    }
    rig.tick();
    expect(rig.log).toEqual([]);
    rig.kernel.network.setLink(true);
    rig.tick();
    expect(rig.log).toEqual(['one', 'two']);
  });
});
