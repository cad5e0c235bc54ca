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
   * What instance is wanted. It cannot be changed; another instance is another QuestDBNode.
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
     * Ready, and its parts Launched and Joined; Stalled when a human must act.
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
       * When the launch was decided.
       */
      requestedAt: string;
      /**
       * When EC2 is asked again, after it had no capacity.
       */
      notBefore?: string;
    };
  };
}
