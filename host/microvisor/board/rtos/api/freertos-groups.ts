import { EventGroup } from '../event-group.js';
import { objectOf, type RtosCalls, type RtosContext, setWoken } from '../rtos-context.js';
import { LARGEST_STORAGE } from '../rtos-objects.js';
import type { Answer } from '../scheduler.js';
import { StreamBuffer } from '../stream-buffer.js';

/** The bits that an event group has: the upper eight are FreeRTOS's own. */
const BITS = 0x00ff_ffff;

/** Event groups, by FreeRTOS's names. */
export function freertosEventGroups(context: RtosContext): RtosCalls {
  const { objects, scheduler, groups } = context;
  const find = (call: string, handle: number) => objectOf(context, EventGroup, call, handle);
  const bitsOf = (bits: number) => bits & BITS;
  const clear = (group: EventGroup, bits: number) => {
    const before = group.bits;
    group.bits &= ~bitsOf(bits);
    return before;
  };
  const wait = (call: string, group: EventGroup, bits: number, clears: boolean, all: boolean, ticks: number): Answer =>
    groups.wait(call, group, { bits: bitsOf(bits), all, clears }, ticks >>> 0, () => undefined);

  return {
    xEventGroupCreate: () => objects.add(new EventGroup()),
    xEventGroupWaitBits: (handle, bits, clears, all, ticks) => {
      const call = 'xEventGroupWaitBits';
      return wait(call, find(call, handle), bits, clears !== 0, all !== 0, ticks);
    },
    xEventGroupSetBits: (handle, bits) =>
      scheduler.settle(groups.set(find('xEventGroupSetBits', handle), bitsOf(bits))),
    xEventGroupSetBitsFromISR: (handle, bits, woken) => {
      groups.set(find('xEventGroupSetBitsFromISR', handle), bitsOf(bits));
      setWoken(context, woken);
      return 1;
    },
    xEventGroupClearBits: (handle, bits) => clear(find('xEventGroupClearBits', handle), bits),
    xEventGroupClearBitsFromISR: (handle, bits) => {
      clear(find('xEventGroupClearBitsFromISR', handle), bits);
      return 1;
    },
    xEventGroupGetBitsFromISR: (handle) => find('xEventGroupGetBitsFromISR', handle).bits,
    xEventGroupSync: (handle, set, bits, ticks) => {
      const call = 'xEventGroupSync';
      const group = find(call, handle);
      const before = group.bits | bitsOf(set);
      groups.set(group, bitsOf(set));
      // The last one to come meets the wait itself, with what the others had not cleared yet.
      if ((before & bitsOf(bits)) === bitsOf(bits)) {
        group.bits &= ~bitsOf(bits);
        return scheduler.settle(before);
      }
      return wait(call, group, bits, true, true, ticks);
    },
    vEventGroupDelete: (handle) => {
      const group = find('vEventGroupDelete', handle);
      groups.end(group);
      objects.remove(group);
      return scheduler.settle(0);
    },
  };
}

/** Stream and message buffers, by FreeRTOS's names. */
export function freertosStreamBuffers(context: RtosContext): RtosCalls {
  const { objects, scheduler, streams } = context;
  const find = (call: string, handle: number) => objectOf(context, StreamBuffer, call, handle);
  const send = (call: string, handle: number, data: number, length: number, ticks: number) =>
    streams.send(call, find(call, handle), data, length >>> 0, ticks >>> 0);
  const receive = (call: string, handle: number, into: number, limit: number, ticks: number) =>
    streams.receive(call, find(call, handle), into, limit >>> 0, ticks >>> 0);

  return {
    xStreamBufferGenericCreate: (size, trigger, keepsMessages) => {
      const bytes = size >>> 0;
      if (bytes === 0 || bytes > LARGEST_STORAGE || trigger >>> 0 > bytes) return 0;
      return objects.add(new StreamBuffer(bytes, trigger >>> 0, keepsMessages !== 0), bytes);
    },
    xStreamBufferSend: (handle, data, length, ticks) => send('xStreamBufferSend', handle, data, length, ticks),
    xStreamBufferSendFromISR: (handle, data, length, woken) => {
      setWoken(context, woken);
      return send('xStreamBufferSendFromISR', handle, data, length, 0);
    },
    xStreamBufferReceive: (handle, into, limit, ticks) => receive('xStreamBufferReceive', handle, into, limit, ticks),
    xStreamBufferReceiveFromISR: (handle, into, limit, woken) => {
      setWoken(context, woken);
      return receive('xStreamBufferReceiveFromISR', handle, into, limit, 0);
    },
    xStreamBufferBytesAvailable: (handle) => find('xStreamBufferBytesAvailable', handle).used,
    xStreamBufferSpacesAvailable: (handle) => find('xStreamBufferSpacesAvailable', handle).free,
    xStreamBufferNextMessageLengthBytes: (handle) => find('xStreamBufferNextMessageLengthBytes', handle).nextLength,
    xStreamBufferIsEmpty: (handle) => (find('xStreamBufferIsEmpty', handle).used === 0 ? 1 : 0),
    xStreamBufferIsFull: (handle) => {
      const buffer = find('xStreamBufferIsFull', handle);
      return buffer.free < buffer.needs(1) ? 1 : 0;
    },
    xStreamBufferSetTriggerLevel: (handle, trigger) => {
      const buffer = find('xStreamBufferSetTriggerLevel', handle);
      if (trigger >>> 0 > buffer.size) return 0;
      buffer.trigger = Math.max(trigger >>> 0, 1);
      return 1;
    },
    xStreamBufferReset: (handle) => (streams.reset(find('xStreamBufferReset', handle)) ? 1 : 0),
    vStreamBufferDelete: (handle) => {
      objects.remove(find('vStreamBufferDelete', handle));
      return scheduler.settle(0);
    },
  };
}
