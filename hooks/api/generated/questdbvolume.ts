// Generated from crds/ by `npm run generate`. Do not edit.
import type { ObjectMeta } from '../object-meta.ts';

/**
 * The data volume of one database, as a wish and a report. Made by the operator for a QuestDB. It owns nothing; deleting it keeps the PersistentVolumeClaim, the PersistentVolume and the EBS volume.
 */
export interface QuestDBVolume {
  /**
   * The version of the schema, questdb-fleet.dev/v1alpha1.
   */
  apiVersion: string;
  /**
   * QuestDBVolume.
   */
  kind: string;
  metadata: ObjectMeta;
  /**
   * What volume is wanted.
   */
  spec: {
    /**
     * The size of the volume as a quantity, from 1Gi to 65536Gi. It never shrinks.
     */
    size: string | number;
    /**
     * The StorageClass of the volume. Fixed.
     */
    storageClassName: string;
    /**
     * The QuestDB in this namespace whose data it is. Fixed.
     */
    databaseName: string;
    /**
     * IOPS of the EBS volume; absent, what it has.
     */
    iops?: number;
    /**
     * Throughput of the EBS volume in MiB/s; absent, what it has.
     */
    throughput?: number;
    /**
     * What to do when data from before is found. Default Adopt.
     */
    existing?: 'Adopt' | 'Refuse';
    /**
     * Data that exists already and becomes this database's. Exactly one source.
     */
    from?: {
      /**
       * A PersistentVolumeClaim in this namespace that no pod and no living database uses.
       */
      claimName?: string;
      /**
       * The id of an EBS volume that no other living object owns.
       */
      volumeHandle?: string;
      /**
       * What lies at the root of the volume: the root directory of QuestDB, or what is in db/ alone.
       */
      layout?: 'Root' | 'DbOnly';
    };
  };
  /**
   * What was observed of this volume. Written by the operator alone.
   */
  status?: {
    /**
     * The generation the operator was last called for. It says "called", not "done"; each condition has its own.
     */
    observedGeneration?: number;
    /**
     * Ready; Resizing while it grows or changes; Stalled when a human must act.
     *
     * Items: One condition, in the shape of metav1.Condition.
     */
    conditions?: {
      /**
       * The name of the condition.
       */
      type: string;
      /**
       * Whether it holds.
       */
      status: 'True' | 'False' | 'Unknown';
      /**
       * The generation of the object this was found for.
       */
      observedGeneration?: number;
      /**
       * When status changed last.
       */
      lastTransitionTime: string;
      /**
       * Why, in one word of a fixed list.
       */
      reason: string;
      /**
       * What is waited for or to be done.
       */
      message: string;
    }[];
    /**
     * The PersistentVolumeClaim.
     */
    claimName?: string;
    /**
     * The PersistentVolume.
     */
    volumeName?: string;
    /**
     * The EBS volume, or the volume handle of another CSI driver.
     */
    volumeId?: string;
    /**
     * The availability zone the volume cannot leave.
     */
    zone?: string;
    /**
     * What the claim has.
     */
    size?: string;
    /**
     * The IOPS of an EBS volume, as EC2 showed them last.
     */
    iops?: number;
    /**
     * The same, in MiB/s; absent where the type of the volume has none of its own.
     */
    throughput?: number;
    /**
     * What lies at the root of a volume that was taken over by spec.from; absent for one that the operator made.
     */
    layout?: 'Root' | 'DbOnly';
    /**
     * EC2 refused to modify the volume for now; what was asked for, why, and when it is asked again.
     */
    refusedModification?: {
      /**
       * EC2's own code.
       */
      reason: string;
      /**
       * EC2's own words.
       */
      message: string;
      /**
       * When it was refused first.
       */
      since: string;
      /**
       * When it is asked again.
       */
      nextTry: string;
      /**
       * What was asked for; another wish is tried at once.
       */
      wish: string;
    };
  };
}
