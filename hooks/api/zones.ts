/** The name of the EBS CSI driver: of its PersistentVolumes, its StorageClasses and its entry in a CSINode. */
export const EBS_DRIVER = 'ebs.csi.aws.com';

/** The topology key of the EBS CSI driver; a static PersistentVolume is bound to its zone by it. */
export const EBS_ZONE_KEY = 'topology.ebs.csi.aws.com/zone';

/** The keys by which a PersistentVolume may name its zone. */
export const NODE_ZONE_KEYS: readonly string[] = [EBS_ZONE_KEY, 'topology.kubernetes.io/zone'];
