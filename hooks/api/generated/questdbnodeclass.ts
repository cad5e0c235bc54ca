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
     * The machine image, an Amazon Linux 2023 image for EKS (its user data is read by nodeadm). Either its id, or owner and name, which take the newest image that matches and fits the architecture of the instance type. New instances use it.
     */
    ami: {
      /**
       * The account that owns the image: 12 digits, amazon, self or aws-marketplace.
       */
      owner?: string;
      /**
       * The name of the image; * and ? match as in EC2, for example amazon-eks-node-al2023-*-standard-1.36-*.
       */
      name?: string;
      /**
       * The id of the image, for example ami-0123456789abcdef0.
       */
      id?: string;
    };
    /**
     * The subnets of the instances, one or more a zone; instances are made in these zones alone. Of several in a zone the first is used; the next when it has no free address.
     *
     * Items: One subnet and the zone it is in.
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
     * Settings of the kubelet of new instances (KubeletConfiguration). Default, what the image comes with.
     */
    kubelet?: {
      /**
       * The most pods on the Node. Default, by the instance type. What is kept for the kubelet stays by the instance type.
       */
      maxPods?: number;
      /**
       * What is kept for the operating system, by resource, for example memory 200Mi. Default, nothing.
       */
      systemReserved?: {
        [k: string]: string;
      };
      /**
       * What is kept for the kubelet and the container runtime, by resource, for example cpu 80m. Default, what nodeadm reckons by the instance type (memory 255Mi and 11Mi a pod); a resource that is not named keeps that.
       */
      kubeReserved?: {
        [k: string]: string;
      };
    };
    /**
     * How new instances reach the instance metadata service. A session token (IMDSv2) is always required.
     */
    metadataOptions?: {
      /**
       * How many hops its answers may take. 1 keeps pods off it. Default 1.
       */
      httpPutResponseHopLimit: number;
    };
    /**
     * The On-Demand Capacity Reservation new instances are launched into. Default, any open one that fits.
     */
    capacityReservationId?: string;
    /**
     * How many seconds a Node may be not Ready, or its instance impaired, before the instance is stopped and another one takes its place. Default 300.
     */
    unreachableAfterSeconds: number;
    /**
     * How many seconds an instance may take from its launch until its Node is Ready before that is reported. Default 900.
     */
    joinTimeoutSeconds: number;
  };
}
