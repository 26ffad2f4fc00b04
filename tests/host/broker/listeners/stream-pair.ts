import { Duplex } from 'node:stream';

/** Two streams, each of which reads what the other writes. */
export function makePair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  for (const other of [1, 0]) {
    const end = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        ends[other].push(chunk);
        done();
      },
      final(done) {
        ends[other].push(null);
        done();
      },
    });
    end.on('error', () => {});
    ends.push(end);
  }
  return [ends[0], ends[1]];
}
