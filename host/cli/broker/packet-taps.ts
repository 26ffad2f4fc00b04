import { type PacketTap, packetLine, packetRecord } from '../../broker/index.js';
import type { BrokerFlags } from './broker-flags.js';
import type { BrokerLog } from './broker-log.js';
import type { JsonEvents } from './json-events.js';

/** Writes a line for each packet when the log wants to see them; without taps packets cost nothing more. */
export function packetTaps(log: BrokerLog, json: JsonEvents | undefined, { verbose }: BrokerFlags): PacketTap[] {
  const printsRecords = json !== undefined && verbose === true;
  if (!log.has('debug') && !printsRecords) return [];
  return [
    {
      opened: ({ info }) => {
        if (info.listener?.isInternal) return;
        log.write({
          type: 'notice',
          text: `New connection from ${info.remote} on ${info.listener?.name ?? 'a stream'}.`,
        });
      },
      packet: (tapped) => {
        if (tapped.connection.info.listener?.isInternal) return;
        if (log.has('debug')) log.write({ type: 'debug', text: packetLine(tapped) });
        if (printsRecords) json.add(packetRecord(tapped));
      },
    },
  ];
}
