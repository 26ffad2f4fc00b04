import {
  MvEventType,
  MvOpenSystemNotificationParamsLayout,
  MvRestartMode,
  MvStatus,
  MvSystemNotificationSource,
  readMvOpenSystemNotificationParams,
} from '../../../build/abi/microvisor.js';
import type { FamilyFactory, FamilyServices } from '../kernel/family.js';
import { NOTIFICATION } from '../kernel/handle-kinds.js';
import type { HandleKind } from '../kernel/handles.js';
import type { Calls } from '../kernel/statuses.js';

const { OKAY, PARAMETERFAULT, INVALIDHANDLE, UNAVAILABLE } = MvStatus;
const { NETWORK, UPDATE } = MvSystemNotificationSource;

/** One open `mvOpenSystemNotification`. */
interface SystemStream {
  notificationHandle: number;
  tag: number;
  source: number;
}

const SYSTEM: HandleKind<SystemStream> = { name: 'system notification' };

/** Records of the two sources. Their tags tell the application which stream they are of; they carry no state. */
const EVENTS: Record<number, MvEventType> = {
  [NETWORK]: MvEventType.NETWORKSTATUSCHANGED,
  [UPDATE]: MvEventType.UPDATEDOWNLOADED,
};

/** The LED, the wake reason, the restart, and the two calls for system notifications. */
export const systemCalls: FamilyFactory = (kernel) => {
  const notify = (stream: SystemStream) =>
    kernel.notifications.notify(stream.notificationHandle, EVENTS[stream.source], stream.tag);
  const notifyAll = (source: number) => {
    for (const stream of kernel.handles.all(SYSTEM)) if (stream.source === source) notify(stream);
  };
  kernel.network.watch(() => notifyAll(NETWORK));
  kernel.lifecycle.watchUpdates(() => notifyAll(UPDATE));
  return { calls: { ...applicationCalls(kernel), ...notificationCalls(kernel, notify) } };
};

function applicationCalls(kernel: FamilyServices): Calls {
  const { memory, lifecycle, behaviour } = kernel;
  return {
    mvSystemLedEnable: (enable) => {
      if (kernel.inInterrupt) return UNAVAILABLE;
      // Other values are reserved, and there is no status for them.
      if (enable <= 1) kernel.emit({ event: 'systemLed', enabled: enable === 1 });
      return OKAY;
    },
    mvGetWakeReason: (out) => {
      if (kernel.inInterrupt) return UNAVAILABLE;
      if (behaviour.shortEnums) {
        if (!memory.holds(out, 1)) return PARAMETERFAULT;
        memory.view.setUint8(out, lifecycle.wakeReason);
      } else {
        if (!memory.holds(out, 4, 4)) return PARAMETERFAULT;
        memory.view.setUint32(out, lifecycle.wakeReason, true);
      }
      return OKAY;
    },
    mvRestart: (mode) => {
      if (kernel.inInterrupt) return UNAVAILABLE;
      if (mode !== MvRestartMode.AUTOAPPLYUPDATE) return PARAMETERFAULT;
      if (lifecycle.busy) return MvStatus.MICROVISORBUSY;
      lifecycle.restart();
      return OKAY;
    },
  };
}

function notificationCalls(kernel: FamilyServices, notify: (stream: SystemStream) => void): Calls {
  const { memory, handles, limits, lifecycle } = kernel;
  return {
    mvOpenSystemNotification: (address, handleOut) => {
      if (kernel.inInterrupt) return UNAVAILABLE;
      if (!memory.holds(address, MvOpenSystemNotificationParamsLayout.SIZE, 4) || !memory.holds(handleOut, 4, 4)) {
        return PARAMETERFAULT;
      }
      const params = readMvOpenSystemNotificationParams(memory.view, address);
      const { notificationHandle, notificationTag: tag, notificationSource: source } = params;
      if (!handles.find(NOTIFICATION, notificationHandle) || EVENTS[source] === undefined) return INVALIDHANDLE;
      if (handles.count(SYSTEM) >= limits.systemNotifications) return UNAVAILABLE;
      const stream = { notificationHandle, tag, source };
      memory.view.setUint32(handleOut, handles.open(SYSTEM, stream), true);
      // An update that came before anybody asked would wait for ever.
      if (source === UPDATE && lifecycle.updateWaits) notify(stream);
      return OKAY;
    },
    mvCloseSystemNotification: (address) => {
      if (kernel.inInterrupt) return UNAVAILABLE;
      // The call has no status of its own for a bad pointer.
      if (!memory.holds(address, 4, 4)) return INVALIDHANDLE;
      const handle = memory.view.getUint32(address, true);
      if (!handles.find(SYSTEM, handle)) return INVALIDHANDLE;
      handles.close(handle);
      memory.view.setUint32(address, 0, true);
      return OKAY;
    },
  };
}
