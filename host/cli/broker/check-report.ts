import type { BridgePlan, BrokerPlan, ListenerPlan, LogPlan, SecurityPlan } from '../../broker/index.js';

/** What a configuration means, one fact a line. */
export function checkReport(plan: BrokerPlan): string[] {
  return [
    ...plan.listeners.flatMap(listenerLines),
    ...limitLines(plan),
    ...persistenceLines(plan),
    ...plan.bridges.flatMap(bridgeLines),
    `log          ${logText(plan.log)}`,
    ...(plan.pidFile ? [`pid file     ${plan.pidFile.path}`] : []),
    ...(plan.user ? [`user         ${plan.user.name}, when started as root`] : []),
  ];
}

/** Where a listener is, for people: `mqtts port 8883 of all addresses`. */
export function whereText({ protocol, host, port, socket, family, networkInterface }: ListenerPlan): string {
  if (socket !== undefined) return `${protocol} on the Unix socket ${socket}`;
  const addresses = family === undefined ? 'all addresses' : `all addresses of IPv${family}`;
  const there = networkInterface === undefined ? host : `the interface ${networkInterface}`;
  return `${protocol} port ${port} of ${there ?? addresses}`;
}

function listenerLines(listener: ListenerPlan): string[] {
  const { tls, security, maximumConnections, maximumQoS, mountPoint, socket, host, networkInterface } = listener;
  const where = networkInterface ?? host;
  const isOpen = socket === undefined && (where === undefined || !/^(?:127\.|::1$|localhost$|lo$)/.test(where));
  const lines = [
    isOpen ? 'other machines can connect' : 'this machine only',
    ...(tls ? [`TLS: ${tls.minimumVersion} or later, certificate ${tls.certificate.path}`] : ['no TLS']),
    ...(tls?.requireCertificate ? [`client certificates of ${(tls.ca ?? tls.caFolder)!.path} are required`] : []),
    ...(tls?.revocationList ? [`revoked: ${tls.revocationList.path}`] : []),
    `comes in: ${whoText(security)}`,
    ...(security.userNameAsClientId ? ['the user name is the client id'] : []),
    security.aclFile ? `may read and write: what ${security.aclFile.path} says` : 'may read and write: everything',
    ...(Number.isFinite(maximumConnections) ? [`at most ${maximumConnections} clients`] : []),
    ...(maximumQoS < 2 ? [`QoS ${maximumQoS} at most`] : []),
    ...(mountPoint === undefined ? [] : [`topics begin with ${mountPoint}`]),
  ];
  return [`listener     ${whereText(listener)}`, ...lines.map((line) => `             ${line}`)];
}

function whoText({ allowAnonymous, passwordFile, certificateUser }: SecurityPlan): string {
  if (certificateUser === 'common-name') return 'who has a certificate; its common name is the user name';
  if (certificateUser === 'subject') return 'who has a certificate; its subject is the user name';
  const known = passwordFile && `users of ${passwordFile.path}`;
  if (allowAnonymous) return known ? `everybody without a user name, and ${known}` : 'everybody';
  return known ?? 'nobody';
}

function limitLines({ limits, behaviour }: BrokerPlan): string[] {
  const sizes: [number | undefined, string][] = [
    [limits.inflightMessages, 'messages in flight for one client'],
    [limits.inflightBytes, 'bytes in flight for one client'],
    [limits.queuedMessages, 'messages waiting for one client'],
    [limits.queuedBytes, 'bytes waiting for one client'],
    [limits.maximumPacketSize, 'bytes in a packet'],
    [limits.messageSize, 'bytes in a payload'],
    [limits.keepAlive, 'seconds of keep-alive'],
    [limits.sessionExpiry && limits.sessionExpiry / 1000, 'seconds without its client for a session'],
  ];
  const texts = sizes
    .filter((size): size is [number, string] => size[0] !== undefined)
    .map(([count, what]) => `${Number.isFinite(count) ? `at most ${count}` : 'any number of'} ${what}`);
  const switches = [
    ...(behaviour.retainAvailable ? [] : ['no retained messages']),
    ...(behaviour.queueQoS0 ? ['messages of QoS 0 are queued'] : []),
    ...(behaviour.upgradeOutgoingQoS ? ['messages go out with the QoS of the subscription'] : []),
    behaviour.sysInterval === 0 ? 'no $SYS topics' : `$SYS topics every ${behaviour.sysInterval} s`,
    ...(behaviour.clientIdPrefix === undefined ? [] : [`client ids begin with ${behaviour.clientIdPrefix}`]),
  ];
  return indented('limits', [...texts, ...switches]);
}

function persistenceLines({ persistence }: BrokerPlan): string[] {
  if (!persistence) return ['state        is lost when the broker ends'];
  return [`state        is kept in ${persistence.folder}`];
}

function bridgeLines({ name, addresses, topics, tls }: BridgePlan): string[] {
  const where = addresses.map(({ host, port }) => `${host} port ${port}`).join(', ');
  const lines = topics.map(({ direction, filter, qos }) => `${direction}: ${filter}, QoS ${qos}`);
  return [`bridge       ${name} to ${where}${tls ? ' over TLS' : ''}`, ...lines.map((line) => `             ${line}`)];
}

function logText({ stdout, stderr, file, topic, types }: LogPlan): string {
  const places = [
    ...(stdout ? ['standard output'] : []),
    ...(stderr ? ['standard error'] : []),
    ...(file ? [file.path] : []),
    ...(topic ? ['$SYS/broker/log/#'] : []),
  ];
  if (places.length === 0 || types.size === 0) return 'none';
  return `${[...types].join(', ')} to ${places.join(', ')}`;
}

function indented(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${(at === 0 ? title : '').padEnd(13)}${line}`);
}
