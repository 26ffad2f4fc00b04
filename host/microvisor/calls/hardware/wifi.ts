import {
  MvStatus,
  MvWifiConfigLayout,
  MvWifiConfigMode,
  MvWifiConfigOutLayout,
  readMvWifiConfig,
  readMvWifiConfigOut,
} from '../../../../build/abi/microvisor.js';
import type { Family, FamilyFactory, FamilyServices } from '../../kernel/family.js';
import type { WifiMedium, WifiSettings } from './wifi-medium.js';

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE, INPUTTOOLONG, UNAVAILABLE, UNSUPPORTEDSTRUCTUREVERSION } = MvStatus;

const NOTHING: WifiSettings = { ssid: new Uint8Array(0), hasPassword: false };

/** mvSetWifiConfig and mvGetWifiConfig: settings that outlive restarts, and that nothing here uses. */
export function wifiCalls(medium: WifiMedium): FamilyFactory {
  return (kernel) => callsOf(kernel, medium);
}

function callsOf(kernel: FamilyServices, medium: WifiMedium): Family {
  const { memory, limits } = kernel;
  const keep = (settings: WifiSettings | undefined) => {
    try {
      medium.write(settings);
      return OKAY;
    } catch (error) {
      kernel.log(`the settings of Wi-Fi cannot be kept: ${(error as Error).message}`);
      return UNAVAILABLE;
    }
  };
  return {
    calls: {
      mvSetWifiConfig: (address) => {
        if (kernel.inInterrupt) return UNAVAILABLE;
        if (!memory.holds(address, MvWifiConfigLayout.SIZE, 4)) return PARAMETERFAULT;
        const { version, configMode, wifiSsid, wifiPassword } = readMvWifiConfig(memory.view, address);
        if (version !== 1) return UNSUPPORTEDSTRUCTUREVERSION;
        if (configMode > MvWifiConfigMode.CLEARNOW) return PARAMETERFAULT;
        if (configMode === MvWifiConfigMode.CLEARNOW) return keep(undefined);
        if (!memory.holdsBytes(wifiPassword.data, wifiPassword.length)) return PARAMETERFAULT;
        if (!memory.holdsBytes(wifiSsid.data, wifiSsid.length)) return PARAMETERFAULT;
        if (wifiSsid.length > limits.wifiSsid || wifiPassword.length > limits.wifiPassword) return INPUTTOOLONG;
        const ssid = memory.copy(wifiSsid.data, wifiSsid.length) ?? NOTHING.ssid;
        return keep({ ssid, hasPassword: wifiPassword.length > 0 });
      },
      mvGetWifiConfig: (address) => {
        if (kernel.inInterrupt) return UNAVAILABLE;
        if (!memory.holds(address, MvWifiConfigOutLayout.SIZE, 4)) return PARAMETERFAULT;
        const { version, ssid, hasEncryption } = readMvWifiConfigOut(memory.view, address);
        if (version !== 1) return UNSUPPORTEDSTRUCTUREVERSION;
        if (!memory.holds(ssid.length, 4, 4) || !memory.holds(hasEncryption, 1)) return PARAMETERFAULT;
        if (!memory.holdsBytes(ssid.data, ssid.size)) return PARAMETERFAULT;
        const settings = medium.read() ?? NOTHING;
        if (settings.ssid.length > ssid.size) return INVALIDBUFFERSIZE;
        memory.view.setUint32(ssid.length, settings.ssid.length, true);
        memory.write(ssid.data, settings.ssid);
        memory.view.setUint8(hasEncryption, settings.hasPassword ? 1 : 0);
        return OKAY;
      },
    },
  };
}
