/** Devices that may be on their way to their first connection: more would wait for each other's handshakes until their time is over. */
const AT_ONCE = 64;
/** Milliseconds after which a device that has no connection yet keeps no other from starting. */
const PATIENCE = 5000;

/** A device that was loaded. */
export interface Startable {
  start(): void;
  /** Resolves when it has connected, or cannot; never rejects. */
  readonly arrived: Promise<void>;
}

/**
 * Starts devices, a few at a time: each of those that follow when an earlier one has arrived.
 *
 * @param stop starts no more when it is aborted
 */
export async function startDevices(devices: readonly Startable[], stop: AbortSignal): Promise<void> {
  const waiting = devices.values();
  const lane = async () => {
    for (const device of waiting) {
      if (stop.aborted) return;
      device.start();
      await patiently(device.arrived);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, devices.length) }, lane));
}

async function patiently(arrived: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
    timer.unref();
  });
  await Promise.race([arrived, late]);
  clearTimeout(timer);
}
