import { readFileSync } from 'node:fs';

/** What a process has used, as Linux counts it. */
export interface ProcessUsage {
  /** Seconds of processor time. */
  cpu: number;
  /** Bytes of memory of its own: without the pages of files, which the system can drop. */
  memory: number;
}

/** Ticks of the clock in /proc/PID/stat, a second: 100 on every Linux that Node runs on (proc(5), sysconf(3)). */
const TICKS = 100;

/** @throws Error when there is no such process, or no /proc */
export function usageOf(pid: number): ProcessUsage {
  // The name of the program, in parentheses, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, memory: Number(kilobytes) * 1024 };
}
