/** What a shell takes so that commands use this account. */
export function exportLines(accountSid: string, authToken: string | undefined): string {
  const token =
    authToken === undefined
      ? `  # its token is not kept in this folder; a new one: wasmqtt cloud account token ${accountSid}\n`
      : `  export TWILIO_AUTH_TOKEN=${authToken}\n`;
  return `  export TWILIO_ACCOUNT_SID=${accountSid}\n${token}`;
}
