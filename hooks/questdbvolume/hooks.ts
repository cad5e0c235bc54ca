import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import type { KindHooks } from '../metacontroller/contract.ts';
import { customize } from './customize.ts';
import { finalizeVolume } from './finalize.ts';
import type { VolumePorts } from './ports.ts';
import { syncVolume } from './sync.ts';

/** The three hooks of QuestDBVolume. */
export const volumeHooks = (ports: VolumePorts): KindHooks<QuestDBVolume> => ({
  customize,
  sync: syncVolume(ports),
  finalize: finalizeVolume(ports),
});
