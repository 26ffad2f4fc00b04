import { MvChannelType, MvStatus } from '../../../../build/abi/microvisor.js';
import type { FamilyFactory } from '../../kernel/family.js';
import { OpaqueChannel } from './opaque-channel.js';
import type { OpaqueEndpoint } from './opaque-endpoint.js';

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE } = MvStatus;

/** The four calls over channels of opaque bytes, which lead to these endpoints. */
export function streamCalls(endpoints: Readonly<Record<string, OpaqueEndpoint>>): FamilyFactory {
  return (kernel) => {
    const { memory, channels } = kernel;
    const use = (handle: number) => {
      const channel = channels.use(handle, MvChannelType.OPAQUEBYTES);
      return typeof channel === 'number' ? channel : (channel.driver as OpaqueChannel);
    };
    return {
      channelKinds: {
        [MvChannelType.OPAQUEBYTES]: {
          open: (channel) => new OpaqueChannel(kernel, channel, endpoints[channel.endpoint]),
          endpoints: new Set(Object.keys(endpoints)),
          anyReceiveBuffer: true,
        },
      },
      calls: {
        mvReadChannel: (handle, addressOut, lengthOut) => {
          if (!memory.holds(addressOut, 4, 4) || !memory.holds(lengthOut, 4, 4)) return PARAMETERFAULT;
          const stream = use(handle);
          if (typeof stream === 'number') return stream;
          const { address, length } = stream.readable;
          memory.view.setUint32(addressOut, address, true);
          memory.view.setUint32(lengthOut, length, true);
          return OKAY;
        },
        mvReadChannelComplete: (handle, consumed) => {
          const stream = use(handle);
          if (typeof stream === 'number') return stream;
          stream.consume(consumed);
          return OKAY;
        },
        mvWriteChannelStream: (handle, data, length, writtenOut) => {
          if (!memory.holds(writtenOut, 4, 4) || !memory.holdsBytes(data, length)) return PARAMETERFAULT;
          const stream = use(handle);
          if (typeof stream === 'number') return stream;
          const written = Math.min(length, stream.room);
          stream.write(memory.copy(data, written) ?? new Uint8Array(0));
          if (written < length) stream.waitForRoom();
          memory.view.setUint32(writtenOut, written, true);
          return OKAY;
        },
        mvWriteChannel: (handle, data, length, availableOut) => {
          if (!memory.holds(availableOut, 4, 4) || !memory.holdsBytes(data, length)) return PARAMETERFAULT;
          const stream = use(handle);
          if (typeof stream === 'number') return stream;
          const fits = length <= stream.room;
          if (fits) stream.write(memory.copy(data, length) ?? new Uint8Array(0));
          else stream.waitForRoom();
          memory.view.setUint32(availableOut, stream.room, true);
          return fits ? OKAY : INVALIDBUFFERSIZE;
        },
      },
    };
  };
}
