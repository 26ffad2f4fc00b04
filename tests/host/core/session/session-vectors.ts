import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  PacketRecord,
  Result,
  SessionContext,
  SessionEvent,
  SessionLimitsRecord,
  SessionRecord,
} from '../../../../build/abi/core.js';
import { LARGEST_PACKET } from '../../../../host/core/index.js';
import { type Machine, tablesOf } from '../support/core-machine.js';

interface Init {
  sendCapacity: number;
  receiveCapacity: number;
  flags?: number;
  responseTimeout?: number;
  aliasBytes?: number;
  /** How much the address of the context is above a multiple of 4. */
  gap?: number;
  /** Whether the context is at the very end of linear memory. */
  last?: true;
  /** Size of the context where it is not the exact sum. */
  length?: number;
  /** Bytes by which it is shorter than that sum. */
  short?: number;
}

/** What is done with the session, and what is expected. */
interface Step {
  init?: Init;
  send?: string;
  set?: Record<string, number>;
  receive?: string;
  poll?: string;
  deadline?: number;
  close?: true;
  /** Adds to words of the record Session, as if the context had been read back torn; `topic` is the length of the first inbound topic. */
  tear?: Record<string, number>;
  /** Takes the context up again, from so many bytes more than it has. */
  restore?: number;
  /** Bytes came that complete no packet. */
  arrived?: true;
  at?: number;
  capacity?: number;
  gives?: string;
  answer?: string;
  event?: keyof typeof SessionEvent;
  packetId?: number;
  topic?: string;
  /** Fields of the record Session after the step. */
  session?: Record<string, number>;
  /** Fields of the server's record SessionLimits after the step. */
  limits?: Record<string, number>;
  error?: keyof typeof Result;
}

/** One entry of tests/vectors/session.json; see the README there. */
export interface SessionVector {
  name: string;
  source: string;
  protocolVersion: number;
  steps: Step[];
}

const file = new URL('../../../vectors/session.json', import.meta.url);

export const sessionVectors: SessionVector[] = JSON.parse(readFileSync(file, 'utf8')).vectors;

const ROOM = 1_024;
const GUARD = 0xee;

/** One session in the memory of a machine, and the packets that go through it. */
class Session {
  readonly #machine: Machine;
  readonly #label: string;
  readonly #version: number;
  readonly #packet: number;
  readonly #input: number;
  readonly #output: number;
  #context = 0;
  #size = 0;
  #now = 0;

  constructor(machine: Machine, { name, protocolVersion }: SessionVector) {
    this.#machine = machine;
    this.#label = name;
    this.#version = protocolVersion;
    const { heapBase } = machine;
    this.#packet = heapBase + ROOM;
    this.#input = heapBase + 2 * ROOM;
    this.#output = heapBase + 3 * ROOM;
  }

  #word(field: number): number {
    return this.#machine.word(this.#context + field);
  }

  /** Puts the packet into the record; the record of a client's packet is then changed as the step says. */
  #decode(hex: string, set: Record<string, number> = {}): void {
    const bytes = Buffer.from(hex, 'hex');
    const machine = this.#machine;
    machine.write(this.#input, bytes);
    const words = [this.#input, bytes.length, this.#version, LARGEST_PACKET, this.#packet];
    expect(machine.call(this.#label, 'mqtt_decode', ...words), `${this.#label}: ${hex}`).toBe(bytes.length);
    for (const [field, value] of Object.entries(set)) {
      const offset = (PacketRecord as Record<string, number>)[field];
      machine.write(this.#packet + offset, Buffer.from(Uint32Array.of(value).buffer));
    }
  }

  #expectOutput(result: number, hex: string, what: string): void {
    expect(result, what).toBe(hex.length / 2);
    expect(this.#machine.read(this.#output, hex.length / 2).toString('hex'), what).toBe(hex);
  }

  #init({
    sendCapacity,
    receiveCapacity,
    flags = 0,
    responseTimeout = 5_000,
    aliasBytes = 0,
    gap = 0,
    last,
    length,
    short = 0,
  }: Init) {
    const { heapBase, memoryEnd } = this.#machine;
    const size = SessionContext.HEADER + (sendCapacity + receiveCapacity) * SessionContext.ENTRY + aliasBytes;
    this.#size = length ?? size - short;
    this.#context = last ? memoryEnd - this.#size : heapBase + gap;
    this.#machine.fill(this.#context, Math.min(ROOM, memoryEnd - this.#context), GUARD);
    const words = [this.#size, sendCapacity, receiveCapacity, flags, responseTimeout];
    return this.#machine.call(this.#label, 'session_init', this.#context, ...words);
  }

  #exchange(step: Step, what: string): number {
    const name = step.send !== undefined ? 'session_send' : 'session_receive';
    const hex = step.send ?? step.receive ?? '';
    this.#decode(hex, step.set);
    this.#machine.fill(this.#output, ROOM, GUARD);
    const capacity = step.capacity ?? (step.send !== undefined ? 256 : 5);
    const words = [this.#context, this.#packet, this.#now, this.#output, capacity];
    const result = this.#machine.call(this.#label, name, ...words);
    if (!step.error)
      this.#expectOutput(result, step.send !== undefined ? (step.gives ?? hex) : (step.answer ?? ''), what);
    return result;
  }

  #tear(changes: Record<string, number>): number {
    for (const [field, more] of Object.entries(changes)) {
      const offset = (SessionRecord as Record<string, number>)[field] ?? this.#word(SessionRecord.aliasOffset);
      this.#machine.write(this.#context + offset, Buffer.from(Uint32Array.of(this.#word(offset) + more).buffer));
    }
    return 0;
  }

  #do(step: Step, what: string): number {
    const machine = this.#machine;
    if (step.init) return this.#init(step.init);
    if (step.tear) return this.#tear(step.tear);
    if (step.restore !== undefined) {
      return machine.call(this.#label, 'session_restore', this.#context, this.#size + step.restore);
    }
    if (step.arrived) {
      const result = machine.call(this.#label, 'session_arrived', this.#context, this.#now);
      expect(result, what).toBe(0);
      return result;
    }
    if (step.close) return machine.call(this.#label, 'session_close', this.#context);
    if (step.deadline !== undefined) {
      const left = machine.call(this.#label, 'session_deadline', this.#context, this.#now);
      expect(left === SessionContext.NO_DEADLINE ? -1 : left, what).toBe(step.deadline);
      return 0;
    }
    if (step.poll === undefined) return this.#exchange(step, what);
    machine.fill(this.#output, ROOM, GUARD);
    const result = machine.call(
      this.#label,
      'session_poll',
      this.#context,
      this.#now,
      this.#output,
      step.capacity ?? 5,
    );
    if (!step.error) this.#expectOutput(result, step.poll, what);
    return result;
  }

  run(step: Step, index: number): void {
    const what = `${this.#label}, step ${index}`;
    this.#now = step.at ?? this.#now;
    const tables = tablesOf(this.#machine);
    const result = this.#do(step, what);
    expect(tablesOf(this.#machine).equals(tables), `${what}: the core's own memory stays as it is`).toBe(true);
    const end = this.#context + this.#size;
    const { heapBase, memoryEnd } = this.#machine;
    const behind = this.#machine.read(end, Math.max(0, Math.min(heapBase + ROOM, memoryEnd) - end));
    expect(
      behind.every((octet) => octet === GUARD),
      `${what}: nothing is written behind the context`,
    ).toBe(true);
    if (step.error) expect(result, what).toBe(Result[step.error]);
    else expect(result, what).toBeGreaterThanOrEqual(0);
    if (step.receive !== undefined || step.poll !== undefined)
      expect(this.#word(SessionRecord.event), what).toBe(SessionEvent[step.event ?? 'NONE']);
    const fields = [
      [step.session, SessionRecord, 0],
      // The client's own limits precede those of the server.
      [step.limits, SessionLimitsRecord, SessionRecord.SIZE + SessionLimitsRecord.SIZE],
    ] as const;
    for (const [expected, offsets, at] of fields)
      for (const [field, value] of Object.entries(expected ?? {}))
        expect(this.#word(at + (offsets as Record<string, number>)[field]), `${what}: ${field}`).toBe(value);
    if (step.packetId !== undefined) {
      const packetId =
        step.poll !== undefined
          ? this.#word(SessionRecord.packetId)
          : this.#machine.word(this.#packet + PacketRecord.packetId);
      expect(packetId, what).toBe(step.packetId);
    }
    if (step.topic !== undefined) {
      const [at, length] = [PacketRecord.topic, PacketRecord.topicLength].map((f) =>
        this.#machine.word(this.#packet + f),
      );
      expect(this.#machine.read(at, length).toString(), what).toBe(step.topic);
    }
  }
}

/** Goes through the steps of a vector and checks the expectations of each. */
export function runSession(machine: Machine, vector: SessionVector): void {
  const session = new Session(machine, vector);
  for (const [index, step] of vector.steps.entries()) session.run(step, index);
}
