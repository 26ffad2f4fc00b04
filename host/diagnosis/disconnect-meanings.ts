import { ReasonCode } from '../core/index.js';

/** What to do about the reason codes of DISCONNECT that ask for something (MQTT 5 3.14.2.1). */
const ADVICE: Record<number, string> = {
  [ReasonCode.notAuthorized]: 'check what the rules of the broker allow this client',
  [ReasonCode.serverBusy]: 'try again later',
  [ReasonCode.keepAliveTimeout]: 'the broker heard nothing in time: check the network, or raise the keep-alive',
  [ReasonCode.sessionTakenOver]:
    'another device uses this client id: choose another with --client-id or the config client-id',
  [ReasonCode.topicFilterInvalid]: 'check the topic filter (--subscribe-topic)',
  [ReasonCode.topicNameInvalid]: 'check the topic (--publish-topic)',
  [ReasonCode.packetTooLarge]: 'send smaller messages, or have the broker take larger ones',
  [ReasonCode.messageRateTooHigh]: 'publish less often (--interval)',
  [ReasonCode.quotaExceeded]: 'ask the operator of the broker for more, or send less',
  [ReasonCode.administrativeAction]: 'ask the operator of the broker',
  [ReasonCode.retainNotSupported]: 'publish without the retain flag',
  [ReasonCode.qosNotSupported]: 'publish with a lower QoS',
  [ReasonCode.useAnotherServer]: 'ask the operator of the broker which, and change the config broker-host',
  [ReasonCode.serverMoved]: 'ask the operator of the broker where to, and change the config broker-host',
  [ReasonCode.connectionRateExceeded]: 'wait, and see whether two devices use this client id',
  [ReasonCode.maximumConnectTime]: 'connect again',
};

/** What to do after a DISCONNECT of the broker; undefined when its reason code asks for nothing. */
export function disconnectAdvice(reasonCode: number | undefined): string | undefined {
  return ADVICE[reasonCode ?? 0];
}
