/** The exports of app.wasm: a reactive Microvisor guest. */
import {
  MV_NOTIFICATION_EVENT_TYPE,
  MV_NOTIFICATION_SETUP_BUFFER,
  MV_NOTIFICATION_SETUP_BUFFER_SIZE,
  MV_NOTIFICATION_SETUP_IRQ,
  MV_NOTIFICATION_TAG,
  MV_REQUEST_NETWORK_PARAMS_NOTIFICATION_HANDLE,
  MV_REQUEST_NETWORK_PARAMS_NOTIFICATION_TAG,
  MV_REQUEST_NETWORK_PARAMS_VERSION,
  MV_STATUS_OKAY,
  mvGetDeviceId,
  mvRequestNetwork,
  mvServerLoggingInit,
  mvSetupNotifications,
  TIM8_BRK_IRQn,
} from '../../build/abi/microvisor-assembly';
import { options } from './app-options';
import * as log from './log';
import {
  callBuffer,
  DEVICE_ID_SIZE,
  deviceIdBuffer,
  LOG_SIZE,
  logBuffer,
  memoryEnd,
  NOTIFICATION_COUNT,
  NOTIFICATION_SIZE,
  notifications,
} from './memory-map';
import { halt, onNotification, onTimer, start, state, TAG_NETWORK } from './state-machine';
import { ascii, bytes } from './text-writer';

/** Slot of the circular notification buffer that is read next. */
let nextSlot: u32 = 0;

/** Address of the record AppOptions, to be changed before mv_app_start. */
export function mv_app_options(): usize {
  return options();
}

/** The AppState. */
export function mv_app_state(): i32 {
  return state;
}

/** Starts the device. */
export function mv_app_start(): void {
  if (memoryEnd > (<usize>memory.size()) << 16) return halt('memory', <i32>memoryEnd);
  mvServerLoggingInit(logBuffer, LOG_SIZE);
  let status = mvGetDeviceId(deviceIdBuffer, DEVICE_ID_SIZE);
  if (status != MV_STATUS_OKAY) return halt('mvGetDeviceId', status);
  log.line();
  ascii('device ');
  bytes(deviceIdBuffer, DEVICE_ID_SIZE);
  log.send();

  const handles = callBuffer + 64;
  store<u32>(callBuffer, TIM8_BRK_IRQn, MV_NOTIFICATION_SETUP_IRQ);
  store<u32>(callBuffer, notifications, MV_NOTIFICATION_SETUP_BUFFER);
  store<u32>(callBuffer, NOTIFICATION_COUNT * NOTIFICATION_SIZE, MV_NOTIFICATION_SETUP_BUFFER_SIZE);
  status = mvSetupNotifications(callBuffer, handles);
  if (status != MV_STATUS_OKAY) return halt('mvSetupNotifications', status);

  store<u32>(callBuffer, 1, MV_REQUEST_NETWORK_PARAMS_VERSION);
  store<u32>(callBuffer, load<u32>(handles), MV_REQUEST_NETWORK_PARAMS_NOTIFICATION_HANDLE);
  store<u32>(callBuffer, TAG_NETWORK, MV_REQUEST_NETWORK_PARAMS_NOTIFICATION_TAG);
  status = mvRequestNetwork(callBuffer, handles + 4);
  if (status != MV_STATUS_OKAY) return halt('mvRequestNetwork', status);
  start(load<u32>(handles), load<u32>(handles, 4));
}

/** The interrupt given to mvSetupNotifications: one for each notification. */
export function TIM8_BRK_IRQHandler(): void {
  const slot = notifications + nextSlot * NOTIFICATION_SIZE;
  nextSlot = (nextSlot + 1) % NOTIFICATION_COUNT;
  onNotification(load<u32>(slot, MV_NOTIFICATION_EVENT_TYPE), load<u32>(slot, MV_NOTIFICATION_TAG));
}

/** The timer armed with mv_host_timer. */
export function mv_app_timer(): void {
  onTimer();
}
