import { ReasonCode } from '../../core/index.js';
import { isReservedTopic } from './reserved-topics.js';
import {
  type Admission,
  type Admitted,
  ALLOW,
  type AuthenticationRequest,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type Exchange,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  refuse,
  type Step,
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
      return isPromise(answer) ? answer.then(checkedAdmission).catch(failed) : checkedAdmission(answer);
    } catch (error) {
      return failed(error);
    }
  }

  /** The exchange, if the rules have the method. None of its calls throws, and its promises resolve. */
  authenticate(request: AuthenticationRequest): Exchange | undefined {
    const failed = (error: unknown): Refusal => {
      this.#onError(request.client.remote, error);
      return refuse('the rules failed', ReasonCode.implementationSpecificError, 'disconnect');
    };
    try {
      const exchange = request.client.listener.rules.authenticate?.(request);
      if (exchange === undefined) return undefined;
      return {
        step(data) {
          try {
            const answer = exchange.step(data);
            return isPromise(answer) ? answer.then(checkedStep).catch(failed) : checkedStep(answer);
          } catch (error) {
            return failed(error);
          }
        },
        cancel() {
          try {
            exchange.cancel?.();
          } catch (error) {
            failed(error);
          }
        },
      };
    } catch (error) {
      return { step: () => failed(error) };
    }
  }

  publish(client: ClientIdentity, request: PublishRequest): Decision {
    const { rules, isInternal } = client.listener;
    const decision = rules.publish ? this.#ask(client, 'publish', () => rules.publish!(client, request)) : ALLOW;
    return decision.allow && !isInternal && isReservedTopic(request.topic) ? RESERVED : decision;
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

const EFFECTS: ReadonlySet<unknown> = new Set<Refusal['effect']>(['drop', 'disconnect', 'answer and disconnect']);

/** @throws TypeError for what is not a decision: a promise, a text, a reason code that is not a refusal */
function checked<T extends Decision>(rule: string, decision: T): T {
  if (decision?.allow === true) return decision;
  if (decision?.allow !== false) {
    throw new TypeError(`the rule ${rule} answered ${show(decision)}; return ALLOW or refuse(…)`);
  }
  const { reasonCode, reason, effect, serverReference } = decision as Refusal;
  if (!Number.isInteger(reasonCode) || reasonCode < ReasonCode.unspecifiedError || reasonCode > 0xff) {
    throw new TypeError(`the rule ${rule} refused with reason code ${reasonCode}; use one from 0x80 to 0xff`);
  }
  if (typeof reason !== 'string' || !EFFECTS.has(effect)) {
    throw new TypeError(`the rule ${rule} refused without a reason or an effect; use refuse(…)`);
  }
  if (serverReference !== undefined && (typeof serverReference !== 'string' || !REDIRECTIONS.has(reasonCode))) {
    throw new TypeError(`the rule ${rule} names another server with reason code ${reasonCode}; use redirect(…)`);
  }
  return decision;
}

/** @throws TypeError for what is not an admission */
function checkedAdmission(admission: Admission): Admission {
  const { clientId, maximumConnectTime } = checked('connect', admission) as Admitted;
  if (maximumConnectTime !== undefined && !(Number.isFinite(maximumConnectTime) && maximumConnectTime > 0)) {
    throw new TypeError(
      `the rule connect answered with maximumConnectTime ${maximumConnectTime}; use milliseconds above 0`,
    );
  }
  const isUsable =
    typeof clientId === 'string' && clientId !== '' && clientId.isWellFormed() && !clientId.includes('\0');
  if (clientId === undefined || isUsable) return admission;
  throw new TypeError(`the rule connect named the client ${show(clientId)}; give a text that is a client id`);
}

/** @throws TypeError for what is not a step */
function checkedStep(step: Step): Step {
  if (step && 'allow' in step) {
    if (step.allow !== false) throw new TypeError("a step of authenticate answered ALLOW; use next: 'success'");
    return checked('authenticate', step);
  }
  const { next, data } = step ?? {};
  if (next !== 'continue' && next !== 'success') {
    throw new TypeError(
      `a step of authenticate answered ${show(step)}; say next: 'continue' or 'success', or refuse(…)`,
    );
  }
  if (data !== undefined && !(data instanceof Uint8Array)) {
    throw new TypeError(`a step of authenticate answered with data of type ${typeof data}; use a Uint8Array`);
  }
  return step;
}

/** The reason codes that may name another server (4.11). */
const REDIRECTIONS: ReadonlySet<number> = new Set([ReasonCode.useAnotherServer, ReasonCode.serverMoved]);

export function isPromise<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof (answer as Promise<T> | undefined)?.then === 'function';
}

function show(value: unknown): string {
  return isPromise(value) ? 'a promise' : (JSON.stringify(value) ?? String(value));
}
