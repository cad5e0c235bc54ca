// Generated from crds/ by `npm run generate`. Do not edit.
import type { ObjectMeta } from '../object-meta.ts';

/**
 * One EC2 instance that joins the cluster as a Node for one database alone. Made by the operator for a QuestDB with spec.node. Deleting it terminates the instance once no data volume is attached to it.
 */
export interface QuestDBNode {
  /**
   * The version of the schema, questdb-fleet.dev/v1alpha1.
   */
  apiVersion: string;
  /**
   * QuestDBNode.
   */
  kind: string;
  metadata: ObjectMeta;
  /**
   * What instance is wanted. Only relaunch and tags can be changed; another instance is another QuestDBNode.
   */
  spec: {
    /**
     * The EC2 instance type, for example r6i.2xlarge. It must be offered in the zone.
     */
    instanceType: string;
    /**
     * The availability zone, one of those of the class, for example eu-west-1a.
     */
    zone: string;
    /**
     * The QuestDBNodeClass that says how instances are made.
     */
    className: string;
    /**
     * The QuestDB in this namespace that the instance is for.
     */
    databaseName: string;
    /**
     * Whether an instance that is lost is followed by another one, and one that was stopped is started. Never once the database is being deleted. Default Allowed.
     */
    relaunch: 'Allowed' | 'Never';
    /**
     * Tags on the instance beside those of the class, from spec.node.tags of the QuestDB. They win over those of the class. A change is applied to the instance that runs; a tag that is removed here stays on it.
     */
    tags?: {
      [k: string]: string;
    };
  };
  /**
   * What was observed of this instance. Written by the operator alone.
   */
  status?: {
    /**
     * The generation the operator was last called for. It says "called", not "done"; each condition has its own.
     */
    observedGeneration?: number;
    /**
     * Ready, and its parts Launched and Joined; Stalled when a human must act; Drifted when the class has moved on; DisruptionTarget when the database is asked to move to another instance.
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
     * The EC2 instance.
     */
    instanceId?: string;
    /**
     * Its type as EC2 shows it.
     */
    instanceType?: string;
    /**
     * Its availability zone as EC2 shows it.
     */
    zone?: string;
    /**
     * When the instance was launched, as EC2 says, or when it answered the launch.
     */
    launchedAt?: string;
    /**
     * When the instance's Node was Ready first; absent before.
     */
    joinedAt?: string;
    /**
     * The Node it joined as, found by its providerID.
     */
    nodeName?: string;
    /**
     * What the Node had to give when it became Ready first, rounded down. The requests of the database's pod are made from it.
     */
    allocatable?: {
      /**
       * CPU in millicores, for example 3900m.
       */
      cpu?: string;
      /**
       * Memory in Mi, for example 30720Mi.
       */
      memory?: string;
    };
    /**
     * What the instance type can do on EBS, all its volumes together, as EC2 says. A volume that is given more is held back to it. Baseline lasts; maximum is a burst of half an hour a day where it is higher.
     */
    ebs?: {
      /**
       * MiB/s, rounded down.
       */
      baselineThroughput: number;
      /**
       * MiB/s, rounded down.
       */
      maximumThroughput: number;
      /**
       * Operations a second.
       */
      baselineIops: number;
      /**
       * Operations a second.
       */
      maximumIops: number;
    };
    /**
     * The launch as it was decided before EC2 was asked, so that the same call can be made again with the same answer.
     */
    launch?: {
      /**
       * Which launch for this object it is.
       */
      attempt: number;
      /**
       * The client token of RunInstances.
       */
      token: string;
      /**
       * The machine image.
       */
      imageId: string;
      /**
       * The subnet.
       */
      subnetId: string;
      /**
       * The instance type.
       */
      instanceType: string;
      /**
       * The IAM instance profile.
       */
      instanceProfile?: string;
      /**
       * The security groups.
       *
       * Items: A security group.
       */
      securityGroupIds: string[];
      /**
       * The size of the root volume in GiB.
       */
      rootVolumeGiB?: number;
      /**
       * The device of the root volume, as the image names it.
       */
      rootDeviceName?: string;
      /**
       * The user data, before base64.
       */
      userData: string;
      /**
       * The tags of the instance.
       */
      tags?: {
        [k: string]: string;
      };
      /**
       * The capacity reservation the instance is launched into.
       */
      capacityReservationId?: string;
      /**
       * The hop limit of the metadata service.
       */
      httpPutResponseHopLimit?: number;
      /**
       * When the launch was decided.
       */
      requestedAt: string;
    };
    /**
     * EC2 had no capacity for the launch or the start; absent as soon as it had.
     */
    shortage?: {
      /**
       * EC2's code, for example InsufficientInstanceCapacity.
       */
      reason: string;
      /**
       * What EC2 said.
       */
      message: string;
      /**
       * When EC2 refused first.
       */
      since: string;
      /**
       * When EC2 is asked again.
       */
      nextTry: string;
    };
    /**
     * The instance is taken for lost, and EC2 is made sure of that it does not run before another one takes its place. Written down before anything is done to it.
     */
    fence?: {
      /**
       * The instance.
       */
      instanceId: string;
      /**
       * Why, for example NodeUnreachable.
       */
      reason: string;
      /**
       * When that was decided.
       */
      since: string;
    };
    /**
     * Instances of this object that were replaced; each is terminated once no data volume is attached to it.
     *
     * Items: One instance that was replaced.
     */
    retiring?: {
      /**
       * The instance.
       */
      instanceId: string;
      /**
       * Why it was replaced, for example InstanceTerminated.
       */
      reason: string;
      /**
       * When it was replaced.
       */
      since: string;
    }[];
  };
}
