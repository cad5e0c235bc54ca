import { DRIVER_NAME } from './names.ts';

/** The identity service: who the driver is and which services it has. */
export const identityService = () => ({
  GetPluginInfo: () => ({ name: DRIVER_NAME, vendor_version: '0.1.0' }),
  GetPluginCapabilities: () => ({
    capabilities: [
      { service: { type: 'CONTROLLER_SERVICE' } },
      { service: { type: 'VOLUME_ACCESSIBILITY_CONSTRAINTS' } },
      { volume_expansion: { type: 'ONLINE' } },
    ],
  }),
  Probe: () => ({ ready: { value: true } }),
});
