/** What names a resource of this action, and where AWS asks for it. */
export interface ActionFact {
  /** As AWS writes it. */
  readonly name: string;
  /** Types of resources: what stands before the first slash. `*`: only the resource `*`. */
  readonly types: readonly string[];
  /** `mqtt`: asked by the broker; `rest`: only by calls over HTTPS, and means nothing over MQTT. */
  readonly asked: 'mqtt' | 'rest';
}

/** The actions that the broker asks about (developer guide, iot-policy-actions). */
export type IotAction = 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish' | 'iot:Subscribe' | 'iot:Receive';

const mqtt = (name: IotAction, type: string): ActionFact => ({ name, types: [type], asked: 'mqtt' });
const rest = (name: string, type: string): ActionFact => ({ name, types: [type], asked: 'rest' });
const job = (name: string): ActionFact[] => [rest(`iotjobsdata:${name}`, 'thing'), rest(`iot:${name}`, 'thing')];

/** The actions of IoT policies (developer guide, iot-action-resources). */
export const ACTIONS: readonly ActionFact[] = [
  mqtt('iot:Connect', 'client'),
  mqtt('iot:Publish', 'topic'),
  mqtt('iot:RetainPublish', 'topic'),
  mqtt('iot:Subscribe', 'topicfilter'),
  mqtt('iot:Receive', 'topic'),
  rest('iot:GetRetainedMessage', 'topic'),
  rest('iot:ListRetainedMessages', '*'),
  rest('iot:GetThingShadow', 'thing'),
  rest('iot:UpdateThingShadow', 'thing'),
  rest('iot:DeleteThingShadow', 'thing'),
  rest('iot:ListNamedShadowsForThing', '*'),
  ...job('DescribeJobExecution'),
  ...job('GetPendingJobExecutions'),
  ...job('StartNextPendingJobExecution'),
  ...job('UpdateJobExecution'),
  rest('iot:DeleteConnection', 'client'),
  rest('iot:GetConnection', 'client'),
  rest('iot:ListSubscriptions', 'client'),
  rest('iot:SendDirectMessage', 'client'),
  rest('iot:AssumeRoleWithCertificate', 'rolealias'),
];

const BY_NAME = new Map(ACTIONS.map((fact) => [fact.name.toLowerCase(), fact]));

/**
 * @param name in any case, with or without `iot:`
 *
 * @example
 * ```ts
 * import { actionFact } from 'wasmqtt/broker';
 *
 * actionFact('iot:Publish')?.asked; // => 'mqtt'
 * actionFact('iot:Nothing'); // => undefined
 * ```
 */
export function actionFact(name: string): ActionFact | undefined {
  const lower = name.toLowerCase();
  return BY_NAME.get(lower) ?? BY_NAME.get(`iot:${lower}`);
}
