import type { BridgeReport, KafkaState, PipeCounts } from '../../dojot/bridge/index.js';
import { jsonLines } from '../output/json-lines.js';

type Say = (event: string, text: string, fields: object) => void;

/** What a bridge says, in words and as an event. */
export class BridgeReporter {
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  /** Of a process with nothing but a bridge: a line on standard error, under --json an object on standard output too. */
  static ofProcess(isJson: boolean | undefined): BridgeReporter {
    const json = isJson ? jsonLines(process.stdout) : undefined;
    return new BridgeReporter((event, text, fields) => {
      json?.({ event, ...fields });
      process.stderr.write(`${new Date().toISOString()} ${text}\n`);
    });
  }

  say(event: string, text: string, fields: object = {}): void {
    this.#say(event, text, fields);
  }

  stopped(counts: PipeCounts): void {
    const { received, carried, deadLetters, dropped } = counts;
    const letters = deadLetters + dropped > 0 ? `, ${deadLetters + dropped} dead letters` : '';
    this.say('stopped', `Stopped: ${received} came, ${carried} carried${letters}.`, counts);
  }

  kafka(state: KafkaState): void {
    if (state.state === 'ready') this.say('kafka ready', 'Kafka is there.');
    else this.say('kafka away', `Kafka is away: ${state.reason}; it is tried again.`, { reason: state.reason });
  }

  bridge({ type, ...fields }: BridgeReport): void {
    this.say(type, textOf({ type, ...fields } as BridgeReport), fields);
  }
}

function textOf(event: BridgeReport): string {
  switch (event.type) {
    case 'connected':
      return `Connected to ${event.address}${event.sessionPresent ? '; the session goes on' : ''}.`;
    case 'disconnected':
      return `No connection to ${event.address}: ${event.reason}; again in ${event.retryIn.toFixed(1)} s.`;
    case 'subscribed':
      return `Subscribed to ${event.topicFilter}.`;
    case 'not subscribed':
      return `The broker refused the filter ${event.topicFilter} (0x${event.reasonCode.toString(16)}): nothing comes.`;
    case 'dead letter': {
      const more = event.count > 1 ? `; ${event.count} dead letters since the last such line` : '';
      return `Dead letter from ${JSON.stringify(event.source)}: ${event.reason}${more}.`;
    }
    case 'not sent':
      return `Kafka did not take records: ${event.reason}; again in ${event.retryIn.toFixed(1)} s.`;
    case 'note':
      return `From ${JSON.stringify(event.source)}: ${event.text}.`;
  }
}
