import { type Image, IMAGES } from '../catalog.ts';
import type { Context } from '../context.ts';
import { Ec2Error } from '../errors.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { paginate } from '../pages.ts';
import { type Fields, texts } from '../request.ts';
import type { Xml } from '../xml.ts';
import type { Action, Answer } from './action.ts';

const imageXml = (image: Image): Xml => ({
  imageId: image.id,
  imageLocation: `${image.ownerAlias}/${image.name}`,
  imageState: 'available',
  imageOwnerId: image.ownerId,
  imageOwnerAlias: image.ownerAlias,
  creationDate: image.creationDate,
  isPublic: true,
  architecture: image.architecture,
  imageType: 'machine',
  name: image.name,
  description: `EKS-optimized Kubernetes node based on Amazon Linux 2023, (k8s: 1.36, ${image.architecture})`,
  rootDeviceType: 'ebs',
  rootDeviceName: image.rootDeviceName,
  blockDeviceMapping: [
    {
      deviceName: image.rootDeviceName,
      ebs: {
        snapshotId: image.rootSnapshotId,
        volumeSize: image.rootSize,
        deleteOnTermination: true,
        volumeType: 'gp3',
        iops: 3000,
        throughput: 125,
        encrypted: false,
      },
    },
  ],
  virtualizationType: 'hvm',
  hypervisor: 'xen',
  enaSupport: true,
  imdsSupport: 'v2.0',
  platformDetails: 'Linux/UNIX',
  bootMode: image.architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
});

const FILTERS: FilterTable<Image> = {
  architecture: (image) => [image.architecture],
  'creation-date': (image) => [image.creationDate],
  'image-id': (image) => [image.id],
  'image-type': () => ['machine'],
  'is-public': () => ['true'],
  name: (image) => [image.name],
  'owner-alias': (image) => [image.ownerAlias],
  'owner-id': (image) => [image.ownerId],
  'root-device-type': () => ['ebs'],
  state: () => ['available'],
  'virtualization-type': () => ['hvm'],
};

const named = (fields: Fields): Image[] => {
  const ids = texts(fields, 'ImageId');
  const missing = ids.filter((id) => !IMAGES.some((image) => image.id === id));
  if (missing.length > 0) {
    throw new Ec2Error('InvalidAMIID.NotFound', `The image id '[${missing.join(', ')}]' does not exist`);
  }
  const owners = texts(fields, 'Owner');
  return IMAGES.filter(
    (image) =>
      (ids.length === 0 || ids.includes(image.id)) &&
      (owners.length === 0 || owners.includes(image.ownerId) || owners.includes(image.ownerAlias)),
  );
};

const describeImages = (context: Context, fields: Fields): Answer => {
  const found = applyFilters(fields, named(fields), FILTERS, () => ({}));
  const page = paginate(context, fields, found, {
    keyOf: (image) => image.id,
    idParameter: 'ImageId',
    lowestMaximum: 1,
  });
  return { imagesSet: page.items.map(imageXml), nextToken: page.nextToken };
};

export const describeImagesAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['ImageId', 'Owner', 'ExecutableBy', 'Filter', 'IncludeDeprecated', 'MaxResults', 'NextToken'],
  run: describeImages,
};
