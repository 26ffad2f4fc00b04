import { ReasonCode } from '../../core/index.js';
import { isReservedTopic } from './reserved-topics.js';
import {
  type Admission,
  ALLOW,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  refuse,
  type SubscribeRequest,
} from './rules.js';

const RESERVED = refuse('the topic belongs to the broker');

/** What the engine asks: the rules of the client's listener, with all defaults filled in. It never throws. */
export class GuardedRules {
  readonly #onError: (remote: string, error: unknown) => void;

  /** @param onError gets what a rule threw, or what is wrong with its answer */
  constructor(onError: (remote: string, error: unknown) => void) {
    this.#onError = onError;
  }

  /** Resolves, or answers at once if the rules do. */
  connect(request: ConnectRequest): Admission | Promise<Admission> {
    const failed = (error: unknown): Refusal => {
      this.#onError(request.remote, error);
      return refuse('the rules failed', ReasonCode.implementationSpecificError, 'disconnect');
    };
    try {
      const { rules } = request.listener;
      const answer = rules.connect ? rules.connect(request) : ALLOW;
      if (!isPromise(answer)) return checked('connect', answer);
      return answer.then((decision) => checked('connect', decision)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  publish(client: ClientIdentity, request: PublishRequest): Decision {
    const { rules, isInternal } = client.listener;
    if (!isInternal && isReservedTopic(request.topic)) return RESERVED;
    return rules.publish ? this.#ask(client, 'publish', () => rules.publish!(client, request)) : ALLOW;
  }

  subscribe(client: ClientIdentity, request: SubscribeRequest): Decision {
    const { rules } = client.listener;
    return rules.subscribe ? this.#ask(client, 'subscribe', () => rules.subscribe!(client, request)) : ALLOW;
  }

  receive(client: ClientIdentity, request: ReceiveRequest): Decision {
    const { rules } = client.listener;
    return rules.receive ? this.#ask(client, 'receive', () => rules.receive!(client, request)) : ALLOW;
  }

  #ask(client: ClientIdentity, rule: string, ask: () => Decision): Decision {
    try {
      const answer = ask();
      // Nobody is going to wait for it: what it ends with must not become an unhandled rejection, which ends the process.
      if (isPromise(answer)) answer.then(undefined, () => {});
      return checked(rule, answer);
    } catch (error) {
      this.#onError(client.remote, error);
      return refuse('the rules failed');
    }
  }
}

/** @throws TypeError for what is not a decision: a promise, a text, a reason code that is not a refusal */
function checked<T extends Decision>(rule: string, decision: T): T {
  if (decision?.allow === true) return decision;
  if (decision?.allow !== false) {
    throw new TypeError(`the rule ${rule} answered ${show(decision)}; return ALLOW or refuse(…)`);
  }
  const { reasonCode, reason, effect } = decision as Refusal;
  if (!Number.isInteger(reasonCode) || reasonCode < ReasonCode.unspecifiedError || reasonCode > 0xff) {
    throw new TypeError(`the rule ${rule} refused with reason code ${reasonCode}; use one from 0x80 to 0xff`);
  }
  if (typeof reason !== 'string' || (effect !== 'drop' && effect !== 'disconnect')) {
    throw new TypeError(`the rule ${rule} refused without a reason or an effect; use refuse(…)`);
  }
  return decision;
}

function isPromise<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof (answer as Promise<T> | undefined)?.then === 'function';
}

function show(value: unknown): string {
  return isPromise(value) ? 'a promise' : (JSON.stringify(value) ?? String(value));
}
