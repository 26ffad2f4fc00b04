import { Property, Result, Session, SessionContext, SessionLimits } from '../../../build/abi/assembly';

/**
 * A context, from low to high addresses. It holds offsets, never addresses.
 *
 *     Session | own limits | server's limits | limits of one packet | record Property | in-flight records | inbound aliases
 */
const OWN: usize = Session.SIZE;
const SERVER: usize = OWN + SessionLimits.SIZE;
export const SCRATCH: usize = SERVER + SessionLimits.SIZE;
export const PROPERTY: usize = SCRATCH + SessionLimits.SIZE;

/** The whole context: the record Session, and views of what lies behind it. */
@unmanaged
export class Context extends Session {
  /**
   * Each entry asks this first: a context that was stored may come back torn by a power loss. Then what it says of its parts does not
   * agree, and nobody reads or writes at the places that it names. Returns 0 or a result code.
   */
  check(): i32 {
    if (this.format != SessionContext.FORMAT) return Result.SESSION_FORMAT;
    const parts = this.length - SessionContext.HEADER;
    const records = this.aliasOffset - SessionContext.HEADER;
    const wrong =
      (((this.sendCapacity + this.receiveCapacity) << 2) ^ records) |
      ((records + this.aliasBytes) ^ parts) |
      <u32>(records > parts) |
      <u32>(this.count > records >> 2);
    return select<i32>(Result.SESSION_TORN, 0, wrong != 0);
  }

  /** What the client's CONNECT allows. */
  @inline
  get own(): SessionLimits {
    return changetype<SessionLimits>(changetype<usize>(this) + OWN);
  }

  /** What the server's CONNACK allows. */
  @inline
  get server(): SessionLimits {
    return changetype<SessionLimits>(changetype<usize>(this) + SERVER);
  }

  /** Room for what one packet says, until it is known to be right. */
  @inline
  get scratch(): SessionLimits {
    return changetype<SessionLimits>(changetype<usize>(this) + SCRATCH);
  }

  /** The authentication methods of the CONNECT and of the packet. Each is one load, where `own` and `scratch` need an addition first. */
  @inline
  get ownMethod(): u32 {
    return load<u32>(changetype<usize>(this), OWN + offsetof<SessionLimits>('authenticationMethod'));
  }
  @inline
  get scratchMethod(): u32 {
    return load<u32>(changetype<usize>(this), SCRATCH + offsetof<SessionLimits>('authenticationMethod'));
  }

  /** Request Problem Information of the CONNECT. It takes the word of Server Keep Alive, which a CONNECT does not have. */
  @inline
  get problemInformation(): u32 {
    return load<u32>(changetype<usize>(this), OWN + offsetof<SessionLimits>('serverKeepAlive'));
  }

  /** Room for the property that is being read. */
  @inline
  get property(): Property {
    return changetype<Property>(changetype<usize>(this) + PROPERTY);
  }

  /** The address of the first in-flight record. */
  @inline
  get records(): usize {
    return changetype<usize>(this) + SessionContext.HEADER;
  }

  /** The address of the inbound topic aliases. */
  @inline
  get aliases(): usize {
    return changetype<usize>(this) + this.aliasOffset;
  }
}
