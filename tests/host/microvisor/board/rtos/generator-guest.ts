import { Rtos } from '../../../../../host/microvisor/board/rtos/rtos.js';
import type {
  RtosEvent,
  RtosHost,
  RtosSettings,
  TaskBody,
} from '../../../../../host/microvisor/board/rtos/rtos-ports.js';
import { BLOCKED } from '../../../../../host/microvisor/board/rtos/scheduler.js';

/** What a task of the test does: it yields where it is suspended, and is given what the call returns. */
export type Steps<Result = unknown> = Generator<undefined, Result, number>;

class GeneratorBody implements TaskBody {
  readonly stackSize: number;
  readonly steps: Steps;
  peak = 0;
  isDropped = false;
  #answer = 0;

  constructor(steps: Steps, stackSize: number) {
    this.steps = steps;
    this.stackSize = stackSize;
  }

  answer(result: number): void {
    this.#answer = result;
  }

  stackPeak(): number {
    return this.peak;
  }

  drop(): void {
    this.isDropped = true;
  }

  /** @returns whether the function has returned */
  resume(): boolean {
    return this.steps.next(this.#answer).done === true;
  }
}

export class Fault extends Error {}

/** A guest of an RTOS whose tasks are generators of the test, in virtual time. The RTOS cannot tell it from one in WebAssembly. */
export class GeneratorGuest {
  readonly rtos: Rtos;
  readonly events: RtosEvent[] = [];
  /** Whatever the tasks of a test note. */
  readonly trace: string[] = [];
  now = 0;
  #isInterrupt = false;
  #memory = new DataView(new ArrayBuffer(1 << 20));
  #free = 16;
  readonly #functions: ((argument: number, second: number) => Steps)[] = [];

  constructor(settings: Partial<RtosSettings> = {}) {
    const inside = (address: number, size: number) => {
      if (address <= 0 || address + size > this.#memory.byteLength) throw new Fault(`bad address ${address}`);
      return new Uint8Array(this.#memory.buffer, address, size);
    };
    const host: RtosHost = {
      memory: {
        copy: (address, size) => inside(address, size).slice(),
        write: (address, bytes) => inside(address, bytes.length).set(bytes),
        readWord: (address) => {
          inside(address, 4);
          return this.word(address);
        },
        writeWord: (address, value) => {
          inside(address, 4);
          this.setWord(address, value);
        },
        text: (address, limit) => new TextDecoder().decode(inside(address, limit)).split('\0')[0],
      },
      now: () => this.now,
      inInterrupt: () => this.#isInterrupt,
      spawn: (_name, entry, [argument, second], stackSize) => {
        const make = this.#functions[entry - 1];
        if (!make) throw new Fault(`no function ${entry}`);
        return new GeneratorBody(make(argument, second), stackSize);
      },
      fault: (message) => {
        throw new Fault(message);
      },
      emit: (event) => this.events.push(event),
    };
    this.rtos = new Rtos(host, settings);
  }

  /** A pointer to a function. */
  pointer(make: (argument: number, second: number) => Steps): number {
    return this.#functions.push(make);
  }

  alloc(size: number): number {
    const address = this.#free;
    this.#free += (size + 15) & ~15;
    return address;
  }

  text(value: string): number {
    const address = this.alloc(value.length + 1);
    new Uint8Array(this.#memory.buffer, address).set(new TextEncoder().encode(value));
    return address;
  }

  word(address: number): number {
    return this.#memory.getUint32(address, true);
  }

  setWord(address: number, value: number): void {
    this.#memory.setUint32(address, value, true);
  }

  /** A new word in memory with this value. */
  wordOf(value: number): number {
    const address = this.alloc(4);
    this.setWord(address, value);
    return address;
  }

  /** Makes a call from a task. */
  *call(name: string, ...args: number[]): Steps<number> {
    const answer = this.rtos.calls[name](...args);
    return answer === BLOCKED ? yield : answer;
  }

  /** Makes a call in an interrupt handler that comes now. */
  interrupt(name: string, ...args: number[]): number {
    this.#isInterrupt = true;
    try {
      return this.rtos.calls[name](...args) as number;
    } finally {
      this.#isInterrupt = false;
    }
  }

  /** Makes a task by xTaskCreate. @returns its handle */
  task(name: string, priority: number, steps: (argument: number) => Steps, stack = 1024): number {
    const handle = this.wordOf(0);
    this.rtos.calls.xTaskCreate(this.pointer(steps), this.text(name), stack / 4, 0, priority, handle);
    return this.word(handle);
  }

  /** Starts the scheduler, unless it runs, and lets the tasks run until `until` milliseconds. */
  run(until = this.now): void {
    if (this.rtos.calls.xTaskGetSchedulerState() === 1) this.rtos.calls.vTaskStartScheduler();
    this.runOn(until);
  }

  /** Lets what is ready run until `until` milliseconds; the scheduler may not have started. */
  runOn(until = this.now): void {
    for (let count = 0; count < 100_000; count++) {
      this.rtos.tick(this.now);
      const task = this.rtos.next();
      if (task) {
        this.rtos.left((task.body as GeneratorBody).resume());
        continue;
      }
      const deadline = this.rtos.nextDeadline(this.now);
      if (deadline === undefined || deadline > until) {
        this.now = until;
        return;
      }
      this.now = Math.max(deadline, this.now);
    }
    throw new Error('the tasks never wait');
  }

  /** Runs one task until it has ended. @returns its result */
  result(steps: (guest: GeneratorGuest) => Steps<number> | number, until = 1_000_000): number {
    let result: { value: number } | undefined;
    const guest = this;
    const run = () => steps(guest);
    this.task('test', 10, function* () {
      const made = run();
      result = { value: typeof made === 'number' ? made : yield* made };
      yield* guest.call('vTaskDelete', 0);
    });
    this.run(until);
    if (!result) throw new Error('the task has not come to its end');
    return result.value;
  }
}
