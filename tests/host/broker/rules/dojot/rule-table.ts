/** What dojot's access rules say, by user name: the rows that `docs/dojot.md` describes in words. */

/** A device, the same device's neighbour, the bridges by their default names, a device that is named like one, and nobody. */
export type User = string | undefined;

export interface Row {
  readonly user: User;
  readonly topic: string;
  readonly allowed: boolean;
  /** What the reason says, where it is refused. */
  readonly reason?: RegExp;
}

const DEVICE = 'admin:a1998e';

export const PUBLISHES: readonly Row[] = [
  { user: DEVICE, topic: 'admin:a1998e/attrs', allowed: true },
  { user: DEVICE, topic: 'admin:a1998e/attrs/below/that', allowed: true },
  { user: DEVICE, topic: 'admin:a1998e/attributes', allowed: false, reason: /publishes to admin:a1998e\/attrs only/ },
  { user: DEVICE, topic: 'admin:a1998e/config', allowed: false, reason: /: that is what a device gets$/ },
  { user: DEVICE, topic: 'admin:a1998e', allowed: false, reason: /: the second level is missing$/ },
  { user: DEVICE, topic: '/admin:a1998e/attrs', allowed: false },
  { user: DEVICE, topic: 'attrs', allowed: false },
  { user: DEVICE, topic: 'admin:a1998/attrs', allowed: false },
  { user: DEVICE, topic: 'admin:A1998E/attrs', allowed: false },
  { user: DEVICE, topic: 'other:a1998e/attrs', allowed: false },
  { user: 'device-without-tenant', topic: 'device-without-tenant/attrs', allowed: true },
  { user: 'k2v-bridge', topic: 'admin:a1998e/config', allowed: true },
  { user: 'k2v-bridge', topic: 'admin:a1998e/config/below', allowed: true },
  { user: 'k2v-bridge', topic: 'admin:a1998e/attrs', allowed: false, reason: /k2v-bridge publishes to …\/config only/ },
  { user: 'k2v-bridge', topic: 'config', allowed: false },
  { user: 'v2k-bridge', topic: 'admin:a1998e/config', allowed: false },
  { user: 'v2k-bridge', topic: 'v2k-bridge/attrs', allowed: true },
  // dojot looks for the name of the service anywhere in the user name.
  { user: 'x:k2v-bridge', topic: 'admin:a1998e/config', allowed: false },
  { user: 'k2v-bridge-2', topic: 'admin:a1998e/config', allowed: false },
  { user: undefined, topic: 'admin:a1998e/attrs', allowed: false, reason: /has no user name/ },
  { user: '', topic: '/attrs', allowed: false, reason: /has no user name/ },
];

export const SUBSCRIPTIONS: readonly Row[] = [
  { user: DEVICE, topic: 'admin:a1998e/config', allowed: true },
  { user: DEVICE, topic: 'admin:a1998e/config/#', allowed: true },
  { user: DEVICE, topic: 'admin:a1998e/config/+/x', allowed: true },
  { user: DEVICE, topic: 'admin:a1998e/attrs', allowed: false, reason: /: what a device publishes goes to Kafka$/ },
  { user: DEVICE, topic: 'admin:a1998e/#', allowed: false },
  { user: DEVICE, topic: 'admin:a1998e/+', allowed: false },
  { user: DEVICE, topic: '+/config', allowed: false },
  { user: DEVICE, topic: '#', allowed: false },
  { user: DEVICE, topic: 'other:b/config', allowed: false },
  { user: DEVICE, topic: '$share/group/admin:a1998e/config', allowed: false },
  { user: 'v2k-bridge', topic: '$share/group/+/attrs', allowed: true },
  { user: 'v2k-bridge', topic: '#', allowed: true },
  { user: 'k2v-bridge', topic: '#', allowed: false },
  { user: 'k2v-bridge', topic: 'k2v-bridge/config', allowed: true },
  { user: 'x:v2k-bridge', topic: '#', allowed: false },
  { user: 'v2k-bridge-2', topic: '$share/group/+/attrs', allowed: false },
  // Its name would be a filter for everybody's topics.
  { user: '+', topic: '+/config', allowed: false },
  { user: undefined, topic: 'admin:a1998e/config', allowed: false, reason: /has no user name/ },
];
