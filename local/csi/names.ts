/** The driver's registered name: that of the AWS EBS CSI driver, whose place it takes. */
export const DRIVER_NAME = 'ebs.csi.aws.com';

/** The topology key of a volume and of a Node: EBS volumes live in one zone. */
export const ZONE_KEY = 'topology.ebs.csi.aws.com/zone';
