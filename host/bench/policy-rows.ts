import { type PolicyContext, PolicySession, PolicySet, readPolicy } from '../broker/index.js';
import { keep, type Row } from './measure.js';

/** Decisions that one run makes. */
const DECISIONS = 1000;
/** Nanoseconds that a decision may take. */
const LIMIT = 2000;

const ARN = 'arn:aws:iot:us-west-2:123456789012:';
const THING = `\${iot:Connection.Thing.ThingName}`;
const allow = (action: string, ...resources: string[]) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resources.map((one) => ARN + one),
});

/** The policy of docs/aws-policies.md: four statements, variables in each. */
const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [
    allow('iot:Connect', `client/${THING}`),
    allow('iot:Publish', `topic/sensor/device/${THING}`),
    allow('iot:Subscribe', `topicfilter/command/device/${THING}`, 'topicfilter/command/device/all'),
    allow('iot:Receive', `topic/command/device/${THING}`, 'topic/command/device/all'),
  ],
};

const CONTEXT: PolicyContext = {
  clientId: 'UV00000001',
  sourceIp: '192.0.2.7',
  thing: { name: 'UV00000001' },
};

/** What a device does, and two things that it may not. */
const REQUESTS = [
  { action: 'iot:Connect', resource: 'client/UV00000001' },
  { action: 'iot:Publish', resource: 'topic/sensor/device/UV00000001' },
  { action: 'iot:Publish', resource: 'topic/sensor/device/UV00000002' },
  { action: 'iot:Subscribe', resource: 'topicfilter/command/device/all' },
  { action: 'iot:Subscribe', resource: 'topicfilter/command/#' },
  { action: 'iot:Receive', resource: 'topic/command/device/UV00000001' },
];

type Decide = (action: string, resource: string) => { allowed: boolean };

/** A decision by four statements with variables: by the set, and by the session of a connection, which remembers. */
export function policyRows(): Row[] {
  return [
    policyRow('policy.decide', (set) => (action, resource) => set.decide({ action, resource }, CONTEXT)),
    policyRow('policy.decide.session', (set) => {
      const session = new PolicySession(set, CONTEXT);
      return (action, resource) => session.decide(action, resource);
    }),
  ];
}

function policyRow(bench: string, decideBy: (set: PolicySet) => Decide): Row {
  return {
    bench,
    peer: 'limit',
    make: () => {
      const { policy } = readPolicy('device', JSON.stringify(DOCUMENT));
      const decide = decideBy(PolicySet.of([policy!]));
      const ours = () => {
        let allowed = 0;
        for (let n = 0; n < DECISIONS; n++) {
          const { action, resource } = REQUESTS[n % REQUESTS.length];
          if (decide(action, resource).allowed) allowed++;
        }
        keep(allowed);
      };
      return { units: DECISIONS, ours, theirs: LIMIT };
    },
  };
}
