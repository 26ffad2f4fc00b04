import { describe, expect, it } from 'vitest';
import { Clockwork } from '../../../../host/broker/index.js';
import { CronSchedule, cronProblem } from '../../../../host/dojot/certificates/cron-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A schedule in virtual time, with a wall clock that may be set: it begins at 10:30 in local time. */
class Rig {
  now = 0;
  wall = new Date(2026, 10, 30, 10, 30).getTime();
  /** Hours and minutes at which it ran. */
  readonly runs: string[] = [];
  readonly clockwork = new Clockwork(() => this.now, false);
  readonly schedule: CronSchedule;

  constructor(pattern: string) {
    this.schedule = new CronSchedule(
      pattern,
      this.clockwork,
      () => this.wall,
      () => this.#ran(),
    );
    this.schedule.start();
  }

  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    const next = () => this.clockwork.nextDeadline(this.now) ?? Number.POSITIVE_INFINITY;
    for (let due = next(); due <= until; due = next()) {
      this.#advance(due);
      this.clockwork.tick(due);
    }
    this.#advance(until);
  }

  #advance(to: number): void {
    this.wall += to - this.now;
    this.now = to;
  }

  #ran(): void {
    const time = new Date(this.wall);
    this.runs.push(`${time.getHours()}:${String(time.getMinutes()).padStart(2, '0')}`);
  }
}

describe('a schedule', () => {
  it.each([
    ['0 */2 * * *', 6 * HOUR, ['12:00', '14:00', '16:00']],
    ['0 1 * * *', 30 * HOUR, ['1:00']],
    ['0 15,45 * * * *', HOUR, ['10:45', '11:15']],
    ['0 0 30 2 *', 400 * 24 * HOUR, []],
  ])('%s runs at its times', (pattern, time, runs) => {
    const rig = new Rig(pattern);
    rig.pass(time);
    expect(rig.runs).toEqual(runs);
  });

  it('follows a wall clock that is set on: what is overdue runs within the hour, once', () => {
    const rig = new Rig('0 */2 * * *');
    rig.wall += 10 * HOUR;
    rig.pass(HOUR);
    expect(rig.runs.length).toBe(1);
  });

  it('ends when it is stopped', () => {
    const rig = new Rig('* * * * *');
    rig.pass(MINUTE);
    rig.schedule.stop();
    rig.pass(HOUR);
    expect(rig.runs).toEqual(['10:31']);
    expect(rig.clockwork.nextDeadline(rig.now)).toBeUndefined();
  });
});

it.each([
  ['0 */2 * * *', undefined],
  ['0 0 */2 * * *', undefined],
  ['60 * * * *', expect.any(String)],
  ['* * *', expect.stringContaining('five')],
  ['a b c d e', expect.any(String)],
])('%s: what is wrong with it is said, without a full stop', (pattern, problem) => {
  const said = cronProblem(pattern);
  expect(said).toEqual(problem);
  expect(said ?? '').not.toMatch(/\.$/);
});
