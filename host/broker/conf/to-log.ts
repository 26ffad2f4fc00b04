import type { Findings } from './findings.js';
import { valuePlace } from './lines.js';
import type { GeneralSettings } from './options/general-rows.js';
import { LOG_TYPES, type LogType } from './options/values.js';
import type { LogPlan, PlannedFile } from './plan.js';
import type { Section } from './section.js';

const USUAL_TYPES: readonly LogType[] = ['error', 'warning', 'notice', 'information'];

/** Where the log goes and what is in it. @param verbose everything, whatever the configuration says */
export function toLog(general: Section<GeneralSettings>, verbose: boolean, findings: Findings): LogPlan {
  return {
    ...destinations(general, findings),
    types: verbose ? new Set(LOG_TYPES) : types(general),
    timestamp: general.get('logTimestamp') ?? true,
    timestampFormat: general.get('logTimestampFormat'),
    connectionMessages: general.get('connectionMessages') ?? true,
  };
}

/** `none` takes away what came before it. */
function types(general: Section<GeneralSettings>): Set<LogType> {
  let chosen = new Set<LogType>();
  const listed = general.get('logTypes');
  for (const { value } of listed ?? []) {
    if (value === 'none') chosen = new Set();
    else if (value === 'all') chosen = new Set(LOG_TYPES);
    else chosen.add(value);
  }
  return listed ? chosen : new Set(USUAL_TYPES);
}

function destinations(
  general: Section<GeneralSettings>,
  findings: Findings,
): Pick<LogPlan, 'stdout' | 'stderr' | 'file' | 'topic'> {
  const listed = general.get('logDestinations');
  const kinds = new Set<string>(listed ? [] : ['stderr']);
  let file: PlannedFile | undefined;
  for (const { value, line } of listed ?? []) {
    if (value.kind === 'none') {
      kinds.clear();
      file = undefined;
    } else if (value.kind === 'file') {
      if (file)
        findings.error(
          line,
          `there is one log file at most, and it is named at ${file.place.file}:${file.place.line} already`,
        );
      file = { path: value.path, place: valuePlace(line) };
    } else kinds.add(value.kind);
  }
  return { stdout: kinds.has('stdout'), stderr: kinds.has('stderr'), topic: kinds.has('topic'), file };
}
