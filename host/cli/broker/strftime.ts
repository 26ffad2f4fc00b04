/** Two digits, and as many as a conversion has. */
const digits = (value: number, width: number, fill = '0') => String(value).padStart(width, fill);

const names = (options: Intl.DateTimeFormatOptions) => (time: Date) =>
  new Intl.DateTimeFormat('en', options).format(time);

const hour12 = (time: Date) => time.getHours() % 12 || 12;
const dayOfYear = (time: Date) =>
  Math.round(
    (Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - Date.UTC(time.getFullYear(), 0, 0)) / 86_400_000,
  );

function offset(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const [sign, size] = [minutes < 0 ? '-' : '+', Math.abs(minutes)];
  return `${sign}${digits(Math.floor(size / 60), 2)}${digits(size % 60, 2)}`;
}

/** Conversions of strftime(3) in the C locale, local time. Those that stand for several others are texts. */
const CONVERSIONS: Readonly<Record<string, string | ((time: Date) => string)>> = {
  a: names({ weekday: 'short' }),
  A: names({ weekday: 'long' }),
  b: names({ month: 'short' }),
  B: names({ month: 'long' }),
  c: '%a %b %e %T %Y',
  C: (time) => digits(Math.floor(time.getFullYear() / 100), 2),
  d: (time) => digits(time.getDate(), 2),
  D: '%m/%d/%y',
  e: (time) => digits(time.getDate(), 2, ' '),
  F: '%Y-%m-%d',
  h: '%b',
  H: (time) => digits(time.getHours(), 2),
  I: (time) => digits(hour12(time), 2),
  j: (time) => digits(dayOfYear(time), 3),
  k: (time) => digits(time.getHours(), 2, ' '),
  l: (time) => digits(hour12(time), 2, ' '),
  m: (time) => digits(time.getMonth() + 1, 2),
  M: (time) => digits(time.getMinutes(), 2),
  n: () => '\n',
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  r: '%I:%M:%S %p',
  R: '%H:%M',
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  S: (time) => digits(time.getSeconds(), 2),
  t: () => '\t',
  T: '%H:%M:%S',
  u: (time) => String(time.getDay() || 7),
  w: (time) => String(time.getDay()),
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  y: (time) => digits(time.getFullYear() % 100, 2),
  Y: (time) => String(time.getFullYear()),
  z: offset,
  Z: (time) => /\(([^)]+)\)$/.exec(time.toString())?.[1] ?? offset(time),
  '%': () => '%',
};

/** A time as strftime(3) writes it. A conversion that is not known stays as it is written. */
export function strftime(format: string, time: Date): string {
  return format.replace(/%([a-zA-Z%])/g, (written, letter: string) => {
    const conversion = CONVERSIONS[letter];
    if (conversion === undefined) return written;
    return typeof conversion === 'string' ? strftime(conversion, time) : conversion(time);
  });
}
