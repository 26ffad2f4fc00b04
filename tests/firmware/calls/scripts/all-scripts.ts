import { bothVersions } from './both-versions.js';
import { connecting } from './connecting.js';
import { deviceAndConfigs } from './device-and-configs.js';
import { messagesAndSessions } from './messages-and-sessions.js';
import { refusals } from './refusals.js';
import type { Script } from './script.js';

/** All scripts with expectations, by what the application is or does. */
export const allScripts: Record<string, Record<string, Script>> = {
  'with MQTT 3.1.1': bothVersions(4),
  'with MQTT 5': bothVersions(5),
  'that connects': connecting,
  'with messages and sessions': messagesAndSessions,
  'with a device and its configs': deviceAndConfigs,
  'that makes mistakes': refusals,
};
