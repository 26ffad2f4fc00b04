/** Documented statuses that cannot come about, and why. */
export const impossible: Readonly<Record<string, string>> = {
  'mvReleaseNetwork UNSUPPORTEDSTRUCTUREVERSION': 'the call takes a handle, no structure with a version',
  'mvOpenChannel UNAVAILABLE': 'every type of channel is served',
  'mvWriteChannel LATEFAULT': 'every pointer is looked at before bytes are taken',
  'mvWriteChannelStream LATEFAULT': 'every pointer is looked at before bytes are taken',
  'mvExternalFlashEraseBlocking PARAMETERFAULT': 'the call takes no pointer',
  'mvMqttReadConnectResponse LATEFAULT': 'the structure has no nested pointer',
  'mvMqttReadPublishResponse LATEFAULT': 'the structure has no nested pointer',
  'mvMqttReadDisconnectResponse LATEFAULT': 'the structure has no nested pointer',
};
