/** Devices that may be on their way to their first connection: more would only wait for each other's handshakes, until their time is over. */
const AT_ONCE = 32;
/** Milliseconds after which a device that does not even try to connect keeps no other from starting. */
const PATIENCE = 2000;

/** A device that was loaded. */
export interface Startable {
  start(): void;
  /** Whether it is on its way to its first connection. */
  readonly isConnecting: boolean;
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
      await arrivalOf(device);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, devices.length) }, lane));
}

/** Waits for a device, as long as there is something to wait for. */
async function arrivalOf(device: Startable): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      if (!device.isConnecting) resolve();
    }, PATIENCE);
    timer.unref();
  });
  await Promise.race([device.arrived, idle]);
  clearTimeout(timer);
}
