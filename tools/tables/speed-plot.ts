import { type RecordedRow, recordedRows } from './speed-table.js';

/** Pixels. */
const ROW = 18;
const TOP = 34;
const NAMES = 400;
const WIDTH = 1000;
const RIGHT = 60;

/** The scale is logarithmic, so that half as fast is as far from equal as twice as fast. */
const LEAST = 1 / 16;
const MOST = 256;
const MARKS = [1 / 16, 1 / 4, 1, 4, 16, 64, 256];

const COLOURS = { reached: '#2a7f3f', missed: '#c77700', none: '#5b7a99' };

/** Where a ratio stands, pixels from the left. */
function placeOf(ratio: number): number {
  const part = Math.log(Math.min(MOST, Math.max(LEAST, ratio)) / LEAST) / Math.log(MOST / LEAST);
  return Number((NAMES + part * (WIDTH - NAMES - RIGHT)).toFixed(1));
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function markLines(height: number): string[] {
  return MARKS.map((ratio) => {
    const x = placeOf(ratio);
    const text = ratio < 1 ? `1/${1 / ratio}` : String(ratio);
    return `<path d="M${x} ${TOP}V${height}" stroke="${ratio === 1 ? '#444' : '#ddd'}"/><text x="${x}" y="${TOP - 8}" text-anchor="middle">${text}</text>`;
  });
}

/** A bar from equal to the ratio, its spread as a line across the end, and its target as a mark. */
function rowLines({ bench, peer, ratio, spread, target }: RecordedRow, index: number): string {
  const middle = TOP + index * ROW + ROW / 2;
  const [from, to] = [placeOf(1), placeOf(ratio)].sort((a, b) => a - b);
  const colour = COLOURS[target === null ? 'none' : ratio >= target ? 'reached' : 'missed'];
  const width = Number(Math.max(1, to - from).toFixed(1));
  const [low, high] = [placeOf(ratio * (1 - spread)), placeOf(ratio * (1 + spread))];
  return [
    `<text x="${NAMES - 8}" y="${middle + 4}" text-anchor="end">${escaped(`${bench} / ${peer}`)}</text>`,
    `<rect x="${from}" y="${middle - 5}" width="${width}" height="10" fill="${colour}"/>`,
    `<path d="M${low} ${middle}H${high}" stroke="#000"/>`,
    ...(target === null ? [] : [`<path d="M${placeOf(target)} ${middle - 8}v16" stroke="#c00" stroke-width="2"/>`]),
    `<text x="${WIDTH - 4}" y="${middle + 4}" text-anchor="end">${ratio}</text>`,
  ].join('');
}

/** The recorded table of docs/speed.md as a picture: the content of an SVG file. */
export function speedPlot(): string {
  const rows = recordedRows();
  const height = TOP + rows.length * ROW + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>How many times as fast as its peer each row of the benchmark is</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    '<text x="8" y="16">times as fast as the peer; red: target; thin: spread</text>',
    ...markLines(height),
    ...rows.map(rowLines),
    '</svg>',
  ].join('\n');
}
