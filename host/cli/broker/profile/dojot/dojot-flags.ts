/** Options of `--profile dojot`. */
export interface DojotFlags {
  generation?: '1' | '2' | '3';
  tlsPort?: number;
  servicesPort?: number;
  tlsHost?: string;
  /** Folder of the broker's certificate and what belongs to it. */
  certificates?: string;
  /** Folder that sessions and messages are kept in. */
  state?: string;
}
