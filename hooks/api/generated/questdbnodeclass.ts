// Generated from crds/ by `npm run generate`. Do not edit.
import type { ObjectMeta } from '../object-meta.ts';

/**
 * How EC2 instances are made, said once by a platform team. A class in use may change; running instances are not touched, new ones use it.
 */
export interface QuestDBNodeClass {
  /**
   * The version of the schema, questdb-fleet.dev/v1alpha1.
   */
  apiVersion: string;
  /**
   * QuestDBNodeClass.
   */
  kind: string;
  metadata: ObjectMeta;
  /**
   * What all instances of this class have in common.
   */
  spec: {
    /**
     * The machine image, an Amazon Linux 2023 image for EKS (its user data is read by nodeadm).
     */
    ami: {
      /**
       * The id of the image, for example ami-0123456789abcdef0.
       */
      id: string;
    };
    /**
     * One subnet a zone; instances are made in these zones alone.
     *
     * Items: The subnet of one zone.
     */
    subnets: {
      /**
       * The availability zone, for example eu-west-1a.
       */
      zone: string;
      /**
       * The subnet in that zone, for example subnet-0123456789abcdef0.
       */
      id: string;
    }[];
    /**
     * The security groups of the instances.
     *
     * Items: A security group, for example sg-0123456789abcdef0.
     */
    securityGroupIds: string[];
    /**
     * The name of the IAM instance profile of the instances.
     */
    instanceProfile: string;
    /**
     * The cluster the instances join; it goes into their user data.
     */
    cluster: {
      /**
       * The name of the EKS cluster.
       */
      name: string;
      /**
       * The URL of the API server.
       */
      apiServerEndpoint: string;
      /**
       * The certificate authority of the API server, PEM in base64.
       */
      certificateAuthority: string;
      /**
       * The range of service addresses, for example 10.100.0.0/16.
       */
      cidr: string;
    };
    /**
     * The root volume of the instances. It holds no data of a database.
     */
    rootVolume?: {
      /**
       * Its size in GiB. Default 20. New instances use it.
       */
      size: number;
    };
    /**
     * Tags on every instance, its root volume and its network interface. Keys of questdb-fleet.dev/ and of aws: are not allowed.
     */
    tags?: {
      [k: string]: string;
    };
    /**
     * How many seconds an instance may take from its launch until its Node is Ready before that is reported. Default 900.
     */
    joinTimeoutSeconds: number;
  };
}
