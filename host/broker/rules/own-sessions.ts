import { ReasonCode } from '../../core/index.js';
import { type Admission, ALLOW, type ConnectRequest, type Rules, refuse } from '../engine/rules.js';

/**
 * These rules, and besides: a client id belongs to the user whose session has it. Another user who comes with it is refused with
 * 0x85 Client Identifier not valid (return code 2), and the session goes on; without this he takes the place of a connected
 * client, and ends the session of one that is away, whose messages he does not get (5.4.2).
 *
 * Anybody can then keep others from a client id by using it first: give users client ids of their own, by a rule for `connect`.
 *
 * @example
 * ```ts
 * import { createBroker, ownSessions, passwordRules } from 'wasmqtt/broker';
 *
 * const rules = ownSessions(passwordRules({ users: new Map([['ann', 's3cret']]) }));
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }], rules });
 * await broker.close();
 * ```
 */
export function ownSessions(rules: Rules): Rules {
  const judge = (request: ConnectRequest, admission: Admission): Admission => {
    const { sessionOf, clientId } = request;
    if (!admission.allow || !sessionOf) return admission;
    const { userName = request.userName } = admission;
    if (sessionOf.userName === userName) return admission;
    return refuse(`"${clientId}" is the client id of another user`, ReasonCode.clientIdentifierNotValid, 'disconnect');
  };
  return {
    publish: rules.publish?.bind(rules),
    subscribe: rules.subscribe?.bind(rules),
    receive: rules.receive?.bind(rules),
    authenticate: rules.authenticate?.bind(rules),
    connect(request) {
      const answer = rules.connect ? rules.connect(request) : ALLOW;
      return 'then' in answer ? answer.then((admission) => judge(request, admission)) : judge(request, answer);
    },
  };
}
