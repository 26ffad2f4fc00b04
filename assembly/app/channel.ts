/** The one channel that is open at a time: first for the configuration, then for MQTT. */
import { MvOpenChannelParams, MvStatus, mvCloseChannel, mvOpenChannel } from '../../build/abi/microvisor-assembly';
import { callBuffer, RECEIVE_SIZE, receiveBuffer, SEND_SIZE, sendBuffer } from './memory-map';

const cell: usize = memory.data(4, 4);

/** The handle, or 0 when no channel is open. */
export function handle(): u32 {
  return load<u32>(cell);
}

/** Opens a channel of an MvChannelType and returns the MvStatus. */
export function open(type: u32, tag: u32, notificationHandle: u32, networkHandle: u32): i32 {
  close();
  memory.fill(callBuffer, 0, MvOpenChannelParams.SIZE);
  const params = changetype<MvOpenChannelParams>(callBuffer);
  params.version = 1;
  params.notificationHandle = notificationHandle;
  params.notificationTag = tag;
  params.networkHandle = networkHandle;
  params.receiveBuffer = receiveBuffer;
  params.receiveBufferLen = RECEIVE_SIZE;
  params.sendBuffer = sendBuffer;
  params.sendBufferLen = SEND_SIZE;
  params.channelType = type;
  const status = mvOpenChannel(callBuffer, cell);
  if (status != MvStatus.OKAY) store<u32>(cell, 0);
  return status;
}

/** Closes the channel if one is open. */
export function close(): void {
  if (handle() != 0) mvCloseChannel(cell);
  store<u32>(cell, 0);
}
