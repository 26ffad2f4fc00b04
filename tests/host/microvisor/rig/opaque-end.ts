import { MvChannelType } from '../../../../build/abi/microvisor.js';
import type { OpaqueEndpoint, OpaqueEvents } from '../../../../host/microvisor/index.js';
import { Rig, type RigOptions } from './rig.js';

/** A rig whose channels of opaque bytes lead to an endpoint `log`, which the test plays. */
export class OpaqueRig extends Rig {
  readonly written: string[];
  readonly ends: OpaqueEvents[];
  closed = 0;

  constructor(options: RigOptions = {}) {
    const written: string[] = [];
    const ends: OpaqueEvents[] = [];
    const log: OpaqueEndpoint = (events) => {
      ends.push(events);
      return {
        write: (bytes) => void written.push(Buffer.from(bytes).toString()),
        close: () => {
          this.closed++;
        },
      };
    };
    super({ ...options, endpoints: { log } });
    this.written = written;
    this.ends = ends;
  }

  get end(): OpaqueEvents {
    return this.ends.at(-1)!;
  }

  /** A channel to `log` with a receive ring of 16 bytes at any address, as an application once had it. */
  stream(): number {
    return this.channel(MvChannelType.OPAQUEBYTES, {
      endpoint: this.put('log'),
      receiveBuffer: this.alloc(24) + 3,
      receiveBufferLen: 16,
    });
  }
}
