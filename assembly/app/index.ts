/** The exports of app.wasm: a reactive Microvisor guest. */
import {
  Interrupt,
  MvNotification,
  MvNotificationSetup,
  MvRequestNetworkParams,
  MvStatus,
  mvGetDeviceId,
  mvRequestNetwork,
  mvServerLoggingInit,
  mvSetupNotifications,
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
  notifications,
} from './memory-map';
import { halt, onNotification, onTimer, start, state, TAG_NETWORK } from './state-machine';
import { ascii, bytes } from './text-writer';

/** The next slot of the circular notification buffer. */
let nextSlot: u32 = 0;

/** The address of the record AppOptions, to be changed before mv_app_start. */
export function mv_app_options(): usize {
  return changetype<usize>(options());
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
  if (status != MvStatus.OKAY) return halt('mvGetDeviceId', status);
  log.line();
  ascii('device ');
  bytes(deviceIdBuffer, DEVICE_ID_SIZE);
  log.send();

  const handles = callBuffer + 64;
  const setup = changetype<MvNotificationSetup>(callBuffer);
  setup.irq = Interrupt.TIM8_BRK;
  setup.buffer = notifications;
  setup.bufferSize = NOTIFICATION_COUNT * <u32>MvNotification.SIZE;
  status = mvSetupNotifications(callBuffer, handles);
  if (status != MvStatus.OKAY) return halt('mvSetupNotifications', status);

  const params = changetype<MvRequestNetworkParams>(callBuffer);
  params.version = 1;
  params.notificationHandle = load<u32>(handles);
  params.notificationTag = TAG_NETWORK;
  status = mvRequestNetwork(callBuffer, handles + 4);
  if (status != MvStatus.OKAY) return halt('mvRequestNetwork', status);
  start(load<u32>(handles), load<u32>(handles, 4));
}

/** The interrupt given to mvSetupNotifications: one for each notification. */
export function TIM8_BRK_IRQHandler(): void {
  const notification = changetype<MvNotification>(notifications + nextSlot * <u32>MvNotification.SIZE);
  nextSlot = (nextSlot + 1) % NOTIFICATION_COUNT;
  onNotification(notification.eventType, notification.tag);
}

/** The timer armed with mv_host_timer. */
export function mv_app_timer(): void {
  onTimer();
}
