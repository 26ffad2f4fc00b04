import { MvMqttRequestState } from '../../../../build/abi/microvisor.js';
import { FlashMemory } from '../../../../host/microvisor/index.js';
import type { Random } from '../../broker/engine/robustness/random.js';
import { BrokerEnd } from '../rig/broker-end.js';
import { HttpEnd } from '../rig/http-end.js';
import { OpaqueRig } from '../rig/opaque-end.js';

/** A broker's end that can be closed by either side, once. */
class Line extends BrokerEnd {
  isOver = false;
  #acts = 0;
  #packetId = 0;

  /** What a broker may do next, and what it may not. */
  act(random: Random): void {
    if (this.isOver) return;
    const packetId = 1 + random.below(4);
    const is5 = this.received.some((packet) => packet.type === 'connect' && packet.protocolVersion === 5);
    const reasonCode = random.pick([0, 0, 0, is5 ? 0x87 : 5]);
    const sessionPresent = reasonCode === 0 && random.flip();
    const wrong = [
      () => this.open(),
      () => this.send({ type: 'suback', packetId, reasonCodes: [random.pick([0, 1, 0x80])] }),
      () => this.send({ type: 'puback', packetId, reasonCode: 0 }),
      () => this.events.data(random.bytes(1 + random.below(20))),
      () => this.over(random.flip()),
    ];
    const actions = [
      () => this.open(),
      () => this.send({ type: 'connack', sessionPresent, reasonCode }),
      () => this.#answer(is5),
      () => this.#publish(random),
      () => this.#publish(random),
      () => this.#publish(random),
    ];
    // The first two in their order, or else there is seldom a connection.
    const next =
      this.#acts++ < 2 && random.below(10) > 0
        ? actions[this.#acts - 1]
        : random.pick(random.below(20) > 0 ? actions.slice(2) : wrong);
    next();
  }

  /** Answers the last request, if it can be answered. */
  #answer(is5: boolean): void {
    const last = this.received.at(-1);
    if (last?.type === 'subscribe') this.send({ type: 'suback', packetId: last.packetId, reasonCodes: [0, 1] });
    const { packetId } = last && 'packetId' in last ? last : { packetId: undefined };
    if (packetId === undefined) return;
    if (last?.type === 'unsubscribe') this.send({ type: 'unsuback', packetId, reasonCodes: is5 ? [0] : [] });
    if (last?.type === 'publish') this.send({ type: 'puback', packetId, reasonCode: 0 });
  }

  #publish(random: Random): void {
    const packetId = ++this.#packetId;
    const qos = random.below(3) as 0 | 1 | 2;
    const payload = random.bytes(random.below(40));
    const head = { type: 'publish', topic: 'a/b', payload, dup: false, retain: random.flip() } as const;
    this.send(qos === 0 ? { ...head, qos } : { ...head, qos, packetId });
  }

  over(failed: boolean): void {
    if (this.isOver) return;
    this.isOver = true;
    this.events.closed(failed ? { requestState: MvMqttRequestState.SOCKETERROR, detail: 'reset' } : undefined);
  }
}

/** A device whose far ends are random too. */
export class HostileWorld extends OpaqueRig {
  readonly http: HttpEnd;
  readonly lines: Line[];
  /** What the guest has opened, by the name of the type of handle. */
  readonly handles = new Map<string, number[]>();
  readonly focus: number;
  readonly #random: Random;

  /** @param focus which calls the guest makes most: see `random-call.ts` */
  constructor(random: Random, focus: number) {
    const http = new HttpEnd();
    const lines: Line[] = [];
    let next = 0;
    super({
      // So small that a guest that guesses finds them.
      random: () => ++next,
      httpClient: http.client,
      flash: new FlashMemory(8192),
      behaviour: { networkDelay: 1, maximumPoliteness: random.pick([0, 50]), factory: random.flip() },
      fetch: async (items) => items.map(() => random.pick([{ result: 'ok', value: 'v' }, { result: 'keyNotFound' }])),
      mqttTransport: (request, events) => {
        const line = new Line(request, events);
        lines.push(line);
        return line;
      },
    });
    this.http = http;
    this.lines = lines;
    this.#random = random;
    this.focus = focus;
  }

  /** One thing that the world outside of the guest does. */
  act(): void {
    const random = this.#random;
    const { network, lifecycle } = this.kernel;
    const end = this.ends.at(-1);
    const line = () => this.lines.at(-1)?.act(random);
    const seldom = (action: () => void) => () => random.below(10) === 0 && action();
    const actions = [
      seldom(() => network.setLink(false)),
      () => network.setLink(true),
      ...Array(6).fill(line),
      ...Array(4).fill(() => this.#answer()),
      () => end?.data(random.bytes(random.below(30))),
      seldom(() => end?.closed(random.pick(['closed', 'reset']))),
      seldom(() => lifecycle.updateDownloaded(random.pick(['application', 'microvisor']))),
      () => {
        this.kernel.inInterrupt = random.below(5) === 0;
      },
      () => this.kernel.setTimer(random.below(100) - 10),
      () => this.turn(),
      () => this.turn(),
    ];
    random.pick<() => unknown>(actions)();
  }

  /** Time goes on; the guest takes what is pending, and starts again when it has ended. */
  turn(): void {
    this.time += this.#random.below(400);
    this.tick();
    for (let entry = this.takeEntry(); entry !== undefined; entry = this.takeEntry());
    const deadline = this.kernel.nextDeadline(this.time);
    if (deadline !== undefined && !(deadline >= 0)) throw new Error(`the next deadline is ${deadline}`);
    if (!this.kernel.lifecycle.ended) return;
    this.restart();
    this.begin();
  }

  restart(): void {
    this.handles.clear();
    this.kernel.restart();
    this.kernel.attach(this.memory);
  }

  /** What a guest begins with that wants to get anywhere: notifications and the network. */
  begin(): void {
    const out = this.words(0, 0);
    this.call('mvSetupNotifications', this.notificationSetup(), out);
    const notificationHandle = this.u32(out);
    this.call('mvRequestNetwork', this.networkParams({ notificationHandle }), out + 4);
    this.handles.set('MvNotificationHandle', [notificationHandle]);
    this.handles.set('MvNetworkHandle', [this.u32(out + 4)]);
    this.advance(1);
  }

  /** What is still open of what this device has opened. */
  get open(): Record<string, number> {
    const asked = this.http.asked.filter(({ aborted }) => !aborted);
    return {
      connections: this.lines.filter((line) => !line.ended && !line.destroyed && !line.isOver).length,
      requests: asked.filter((one) => !this.#answered.has(one)).length,
      streams: this.ends.length - this.closed,
      buffers: this.kernel.buffersInUse().length,
    };
  }

  readonly #answered = new Set<object>();

  #answer(): void {
    const random = this.#random;
    const asked = this.http.asked.find((one) => !this.#answered.has(one) && !one.aborted);
    if (!asked) return;
    this.#answered.add(asked);
    asked.finish(
      random.pick([
        { result: 'answered', statusCode: 200, headers: ['A: b'], body: random.bytes(20) },
        { result: 'failed', detail: 'no' },
        { result: 'tooLarge' },
      ]),
    );
  }
}
