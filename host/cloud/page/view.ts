import type { PageApi } from './page-api.js';

/** What a view has to do its work with. */
export interface ViewContext {
  api: PageApi;
  /** aborted when another view is shown */
  signal: AbortSignal;
  /** Says that something was done. */
  say(message: string): void;
  /** Runs an action: its error, if any, is shown in place of the last one. */
  run(action: () => Promise<void>): void;
}

/** Paths of the REST calls. */
export const DEVICES = '/v1/Devices';
export const devicePath = (sid: string) => `${DEVICES}/${encodeURIComponent(sid)}`;
