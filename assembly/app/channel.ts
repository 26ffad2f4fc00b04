/** The one channel that is open at a time: first for the configuration, then for MQTT. */
import {
  MV_OPEN_CHANNEL_PARAMS_CHANNEL_TYPE,
  MV_OPEN_CHANNEL_PARAMS_NETWORK_HANDLE,
  MV_OPEN_CHANNEL_PARAMS_NOTIFICATION_HANDLE,
  MV_OPEN_CHANNEL_PARAMS_NOTIFICATION_TAG,
  MV_OPEN_CHANNEL_PARAMS_RECEIVE_BUFFER,
  MV_OPEN_CHANNEL_PARAMS_RECEIVE_BUFFER_LEN,
  MV_OPEN_CHANNEL_PARAMS_SEND_BUFFER,
  MV_OPEN_CHANNEL_PARAMS_SEND_BUFFER_LEN,
  MV_OPEN_CHANNEL_PARAMS_SIZE,
  MV_OPEN_CHANNEL_PARAMS_VERSION,
  MV_STATUS_OKAY,
  mvCloseChannel,
  mvOpenChannel,
} from '../../build/abi/microvisor-assembly';
import { callBuffer, RECEIVE_SIZE, receiveBuffer, SEND_SIZE, sendBuffer } from './memory-map';

const cell: usize = memory.data(4, 4);

/** The handle, or 0 when no channel is open. */
export function handle(): u32 {
  return load<u32>(cell);
}

/** Opens a channel of an MvChannelType; gives the MvStatus. */
export function open(type: u32, tag: u32, notificationHandle: u32, networkHandle: u32): i32 {
  close();
  const params = callBuffer;
  memory.fill(params, 0, MV_OPEN_CHANNEL_PARAMS_SIZE);
  store<u32>(params, 1, MV_OPEN_CHANNEL_PARAMS_VERSION);
  store<u32>(params, notificationHandle, MV_OPEN_CHANNEL_PARAMS_NOTIFICATION_HANDLE);
  store<u32>(params, tag, MV_OPEN_CHANNEL_PARAMS_NOTIFICATION_TAG);
  store<u32>(params, networkHandle, MV_OPEN_CHANNEL_PARAMS_NETWORK_HANDLE);
  store<u32>(params, receiveBuffer, MV_OPEN_CHANNEL_PARAMS_RECEIVE_BUFFER);
  store<u32>(params, RECEIVE_SIZE, MV_OPEN_CHANNEL_PARAMS_RECEIVE_BUFFER_LEN);
  store<u32>(params, sendBuffer, MV_OPEN_CHANNEL_PARAMS_SEND_BUFFER);
  store<u32>(params, SEND_SIZE, MV_OPEN_CHANNEL_PARAMS_SEND_BUFFER_LEN);
  store<u32>(params, type, MV_OPEN_CHANNEL_PARAMS_CHANNEL_TYPE);
  const status = mvOpenChannel(params, cell);
  if (status != MV_STATUS_OKAY) store<u32>(cell, 0);
  return status;
}

/** Closes the channel if one is open. */
export function close(): void {
  if (handle() != 0) mvCloseChannel(cell);
  store<u32>(cell, 0);
}
