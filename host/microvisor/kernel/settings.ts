import { MvWakeReason } from '../../../build/abi/microvisor.js';

/**
 * Limits of the kernel. The default is the SDK's number where it names one; the others are this project's choice,
 * because Microvisor's own numbers are not public.
 */
export interface Limits {
  /** Channels open at once (SDK: four). */
  channels: number;
  /** Notification buffers (SDK: 32). */
  notificationBuffers: number;
  /** `mvOpenChannel` calls that succeed within `openChannelWindow` (SDK: 8); more are RATELIMITED. */
  openChannelBurst: number;
  /** Milliseconds (SDK: one second). */
  openChannelWindow: number;
  /** Size and address of channel and log buffers are multiples of this many bytes (SDK: 512). */
  bufferUnit: number;
  /** Keys in one config fetch; the real number is not public. */
  configKeys: number;
  /** Characters of a config key (SDK: 1 to 100). */
  configKeyLength: number;
  /** Bytes of one log message; the real number is not public. */
  logMessageBytes: number;
  /** Topics in one subscribe or unsubscribe request (SDK: 8). */
  topics: number;
  /** Certificates in one chain (SDK: 8). */
  certificates: number;
  /** Subscribe requests without a response (SDK: one); as many unsubscribe requests. */
  subscribesInFlight: number;
  /** Publish requests without a response; the real number is not public. */
  publishesInFlight: number;
  /** Acknowledgements not yet sent; the real number is not public. */
  acknowledgementsInFlight: number;
  /** Disconnect requests not yet sent; the real number is not public. */
  disconnectsInFlight: number;
  /**
   * Received messages of QoS 1 and 2 that the application has not acknowledged, 1 to 65,535. An MQTT 5 broker gets the
   * number as Receive Maximum; more messages are CONNECTIONCIRCUITBREAKER. The real number is not public.
   */
  messagesInFlight: number;
  /** Topic aliases that an MQTT 5 broker may set, each for a topic of up to 256 bytes; the real number is not public. */
  topicAliases: number;
  /** MQTT sessions that wait for their client to connect again; the real number is not public. */
  sessions: number;
  /**
   * Bytes that a packet from the broker may have beyond the size of the receive buffer: headers, properties, and messages that are
   * reported as lost. Both together are the Maximum Packet Size that an MQTT 5 broker gets; the real number is not public.
   */
  packetOverhead: number;
  /** Received messages that may wait for room in the receive buffer; more are CONNECTIONCIRCUITBREAKER. The real number is not public. */
  inboundBacklog: number;
  /** Items of one MQTT channel that the application has not read; requests are then refused. The real number is not public. */
  unreadItems: number;
  /** Bytes of one certificate or key in a connect request; the real number is not public. */
  certificateBytes: number;
  /** Handles of mvRequestNetwork; the real number is not public. */
  networkRequests: number;
  /** Interrupts that wait for the guest. Notifications beyond them are lost. */
  pendingInterrupts: number;
  /** Milliseconds that an interrupt handler may spin for; it is ended then, as one that hangs. The real number is not public. */
  handlerTime: number;
  /** Bytes of the receive or send buffer of a channel; the memory of an STM32U585 is 786 KB in all. */
  channelBuffer: number;
  /** Characters of the name of a channel's endpoint; the real number is not public. */
  endpointLength: number;
  /**
   * Bytes that are logged within `logWindow`, each line counting 64 more. mvServerLog is INVALIDBUFFERSIZE beyond it, lines of
   * mv_host_print are counted and left out. The real number is not public.
   */
  logBytes: number;
  /** Milliseconds. */
  logWindow: number;
  /** Headers of one HTTP request (SDK: 32). */
  httpHeaders: number;
  /** Bytes that an HTTP request or response takes in a channel's buffer besides its texts; the real number is not public. */
  httpOverhead: number;
  /** Milliseconds that a request may set as its timeout (SDK: 5,000 to 10,000). */
  httpTimeout: { least: number; most: number };
  /** Streams of mvOpenSystemNotification; the real number is not public. */
  systemNotifications: number;
  /** Handles of the external flash (SDK: 32). */
  flashHandles: number;
  /** Bytes of one message of mvTestLog; the real number is not public. */
  testLogBytes: number;
  /** Bytes of the name of a Wi-Fi network (IEEE 802.11: 32). */
  wifiSsid: number;
  /** Bytes of the password of a Wi-Fi network (IEEE 802.11: 63, or 64 hex digits). */
  wifiPassword: number;
}

/**
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { createDevice, defaultLimits, type Limits } from 'wasmqtt/microvisor';
 *
 * const limits: Limits = { ...defaultLimits, channels: 8 };
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), limits });
 * [defaultLimits.channels, device.device.kernel.limits.channels]; // => [ 4, 8 ]
 * await device.stop();
 * ```
 */
export const defaultLimits: Readonly<Limits> = {
  channels: 4,
  notificationBuffers: 32,
  openChannelBurst: 8,
  openChannelWindow: 1000,
  bufferUnit: 512,
  configKeys: 32,
  configKeyLength: 100,
  logMessageBytes: 4096,
  topics: 8,
  certificates: 8,
  subscribesInFlight: 1,
  publishesInFlight: 16,
  acknowledgementsInFlight: 32,
  disconnectsInFlight: 1,
  messagesInFlight: 1024,
  topicAliases: 0,
  sessions: 4,
  packetOverhead: 65_536,
  inboundBacklog: 256,
  unreadItems: 4096,
  certificateBytes: 65_536,
  networkRequests: 32,
  pendingInterrupts: 4096,
  handlerTime: 1000,
  channelBuffer: 1_048_576,
  endpointLength: 64,
  logBytes: 262_144,
  logWindow: 1000,
  httpHeaders: 32,
  httpOverhead: 32,
  httpTimeout: { least: 5000, most: 10_000 },
  systemNotifications: 32,
  flashHandles: 32,
  testLogBytes: 512,
  wifiSsid: 32,
  wifiPassword: 64,
};

/** How the emulated device behaves beyond its limits. */
export interface Behaviour {
  /** Milliseconds from `mvRequestNetwork` to CONNECTED. */
  networkDelay: number;
  /** Milliseconds for TCP, TLS and CONNACK together. */
  connectTimeout: number;
  /** Milliseconds that the broker may take to answer a PINGREQ. */
  pingTimeout: number;
  /** Seconds that an MQTT 5 broker is asked to keep the session without a connection; with 0 it ends with the connection. */
  sessionExpiryInterval: number;
  /** False makes `mvServerLog` return LOGGINGDISABLEDBYSERVER from the beginning. */
  serverLogging: boolean;
  /**
   * The SDK refuses a user name and password together with a client certificate (INVALIDAUTHENTICATION).
   * True allows it, for brokers that require both.
   */
  allowPasswordWithClientCertificate: boolean;
  /** Hertz, as mvGetSysClk, mvGetHClk, mvGetPClk1 and mvGetPClk2 return them. */
  clocks: { sysClk: number; hClk: number; pClk1: number; pClk2: number };
  /** Why the first run of the application began. */
  wakeReason: MvWakeReason;
  /** The wake reason after an mvRestart without an update: the SDK has none of its own for it. */
  restartWakeReason: MvWakeReason;
  /**
   * Milliseconds from UPDATEDOWNLOADED until an update is applied although the application has not called mvRestart
   * (`maximum_politeness_time_sec` of a bundle). 0: an update is applied at once, without a notification.
   */
  maximumPoliteness: number;
  /** Milliseconds until a device that sleeps deeply wakes to look for updates (`minimum_check_in_time_sec` of a bundle). */
  checkInTime: number;
  /** True inside the factory's test environment: elsewhere the three calls for it are UNAVAILABLE. */
  factory: boolean;
  /** Whether HTTP requests without TLS are made, to hosts that are this machine. */
  plainHttp: boolean;
  /** Whether the guest was compiled with `-fshort-enums`, as for the device: mvGetWakeReason then writes one byte, else four. */
  shortEnums: boolean;
}

/**
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { type Behaviour, createDevice, defaultBehaviour } from 'wasmqtt/microvisor';
 *
 * const behaviour: Behaviour = { ...defaultBehaviour, networkDelay: 2000 };
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), behaviour });
 * (await device.until((event) => event.event === 'network' && event.status === 'CONNECTED')).at; // => 2000
 * await device.stop();
 * ```
 */
export const defaultBehaviour: Readonly<Behaviour> = {
  networkDelay: 0,
  connectTimeout: 15_000,
  pingTimeout: 10_000,
  sessionExpiryInterval: 0,
  serverLogging: true,
  allowPasswordWithClientCertificate: false,
  clocks: { sysClk: 160_000_000, hClk: 160_000_000, pClk1: 160_000_000, pClk2: 160_000_000 },
  wakeReason: MvWakeReason.COLDBOOT,
  restartWakeReason: MvWakeReason.REMOTEAPPLICATIONRESTART,
  maximumPoliteness: 0,
  checkInTime: 3_600_000,
  factory: false,
  plainHttp: false,
  shortEnums: true,
};
