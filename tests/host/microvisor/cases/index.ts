import { channels } from './channels.js';
import { configFetch } from './config-fetch.js';
import { flash } from './flash.js';
import { hardware } from './hardware.js';
import { http } from './http.js';
import { clocks, identity } from './identity-and-clocks.js';
import { interrupts } from './interrupts.js';
import { logging } from './logging.js';
import { mqttConnect } from './mqtt-connect.js';
import { mqttRequests } from './mqtt-requests.js';
import { mqttResponses } from './mqtt-responses.js';
import { network } from './network.js';
import { notifications } from './notifications.js';
import type { StatusCase } from './status-case.js';
import { streams } from './stream.js';
import { system } from './system.js';

/** Every status of every call. */
export const allCases: StatusCase[] = [
  identity,
  clocks,
  logging,
  notifications,
  interrupts,
  network,
  channels,
  configFetch,
  mqttConnect,
  mqttRequests,
  mqttResponses,
  http,
  streams,
  system,
  hardware,
  flash,
].flat();
