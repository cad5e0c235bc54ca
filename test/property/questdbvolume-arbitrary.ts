import * as fc from 'fast-check';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import type { Claim, EbsVolume, PersistentVolume } from '../../hooks/questdbvolume/ports.ts';
import { mapOf } from '../fixtures/questdb.ts';
import {
  aClaim,
  anEbsVolume,
  aPersistentVolume,
  aStorageClass,
  aVolumeParent,
  VOLUME_ID,
  VOLUME_LABELS,
} from '../fixtures/questdbvolume.ts';
import type { VolumeFacts } from '../fixtures/volume-world.ts';
import { conditions, maybe, mostly, userMetadata } from './arbitraries.ts';

const OTHER_ID = 'vol-0ffffffffffffffff';
const OTHERS = { ...VOLUME_LABELS, 'questdb-fleet.dev/database': 'other' };

/** Without what is undefined. */
const wish = (spec: Record<string, unknown>): Partial<QuestDBVolume['spec']> =>
  JSON.parse(JSON.stringify(spec)) as Partial<QuestDBVolume['spec']>;

const parent = (): fc.Arbitrary<QuestDBVolume> =>
  fc
    .record({
      metadata: userMetadata(),
      size: mostly<string | number>('100Gi', '200Gi', 1073741824),
      from: fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            { claimName: 'old-data' },
            { volumeHandle: VOLUME_ID },
            { volumeHandle: VOLUME_ID, layout: 'DbOnly' as const },
          ),
        },
      ),
      iops: maybe(mostly(3000, 6000)),
      throughput: maybe(mostly(125, 500, 2000)),
      existing: maybe(fc.constant('Refuse' as const)),
      status: maybe(
        fc.record({
          conditions: maybe(conditions('Ready', 'Resizing', 'Stalled')),
          claimName: maybe(mostly('trades-data', 'old-data')),
          volumeName: maybe(fc.constant('pvc-1')),
          volumeId: maybe(fc.constant(VOLUME_ID)),
          size: maybe(fc.constant('100Gi')),
        }),
      ),
    })
    .map(
      ({ metadata, size, from, status, ...others }) =>
        JSON.parse(
          JSON.stringify(
            aVolumeParent({
              metadata,
              spec: wish({ size, from, ...others }),
              ...(status === undefined ? {} : { status: status as NonNullable<QuestDBVolume['status']> }),
            }),
          ),
        ) as QuestDBVolume,
    );

const claim = (): fc.Arbitrary<Claim> =>
  fc
    .record({
      name: mostly('trades-data', 'old-data'),
      isOurs: mostly(true, false),
      isLabelled: mostly(true, false),
      isRetained: mostly(false, true),
      isDying: mostly(false, true),
      phase: mostly('Bound', 'Pending', 'Lost'),
      isProvisioned: mostly(true, false),
    })
    .map(({ name, isOurs, isLabelled, isRetained, isDying, phase, isProvisioned }) => {
      const { labels = {}, annotations = {} } = aClaim().metadata;
      return aClaim({
        metadata: {
          name,
          labels: isOurs
            ? { ...labels, ...(isRetained ? { 'questdb-fleet.dev/retained': 'true' } : {}) }
            : isLabelled
              ? labels
              : {},
          annotations: isOurs ? annotations : {},
          ...(isDying ? { deletionTimestamp: '2026-03-01T11:00:00Z' } : {}),
        },
        ...(isProvisioned ? {} : { spec: { storageClassName: 'questdb' } }),
        status: isProvisioned ? { phase, capacity: { storage: '100Gi' } } : { phase: 'Pending' },
      });
    });

const persistentVolume = (): fc.Arbitrary<PersistentVolume> =>
  fc
    .record({
      name: mostly('pvc-1', 'pvc-2'),
      labels: mostly<Record<string, string>>(VOLUME_LABELS, OTHERS, {}),
      claimUid: mostly<string | undefined>(aClaim().metadata.uid, 'another', undefined),
      claimName: mostly('trades-data', 'old-data', 'other-data'),
      phase: mostly('Released', 'Bound', 'Available'),
      policy: mostly('Retain', 'Delete'),
      isDying: mostly(false, true),
    })
    .map(({ name, labels, claimUid, claimName, phase, policy, isDying }) =>
      aPersistentVolume({
        metadata: { name, labels, ...(isDying ? { deletionTimestamp: '2026-03-01T11:00:00Z' } : {}) },
        spec: {
          claimRef: { namespace: 'acme', name: claimName, ...(claimUid === undefined ? {} : { uid: claimUid }) },
          persistentVolumeReclaimPolicy: policy,
          csi: { driver: 'ebs.csi.aws.com', volumeHandle: name === 'pvc-1' ? VOLUME_ID : OTHER_ID },
        },
        status: { phase },
      }),
    );

const ebsVolume = (): fc.Arbitrary<EbsVolume> =>
  fc
    .record({
      volumeId: mostly(VOLUME_ID, OTHER_ID),
      tags: mostly<Record<string, string>>(VOLUME_LABELS, OTHERS, {}),
      attachedTo: mostly<string[]>([], ['i-1']),
      sizeGiB: mostly(100, 50, 200),
      type: mostly('gp3', 'gp2'),
    })
    .map((changes) => anEbsVolume(changes));

export type VolumeCase = { request: SyncRequest<QuestDBVolume>; facts: VolumeFacts };

/** A QuestDBVolume at any time of its life, and data from before on any level or none. */
export const volumeCase = (): fc.Arbitrary<VolumeCase> =>
  fc
    .record({
      parent: parent(),
      claims: fc.uniqueArray(claim(), { selector: ({ metadata }) => metadata.name, maxLength: 2 }),
      persistentVolumes: fc.uniqueArray(persistentVolume(), {
        selector: ({ metadata }) => metadata.name,
        maxLength: 2,
      }),
      ebsVolumes: fc.uniqueArray(ebsVolume(), { selector: ({ volumeId }) => volumeId, maxLength: 2 }),
      storageClass: mostly(aStorageClass(), aStorageClass('local'), aStorageClass('ebs.csi.aws.com', 'Delete')),
      databases: mostly<string[]>([], ['acme/other']),
      pods: mostly<Record<string, string[]>>({}, { 'old-data': ['legacy-0'] }),
    })
    .map(({ parent: live, storageClass, ...facts }) => ({
      request: {
        parent: live,
        children: {},
        related: mapOf([storageClass, ...facts.claims], ['PersistentVolumeClaim']),
        finalizing: false,
      },
      facts: { live, ...facts },
    }));
