import {
  DescribeImagesCommand,
  paginateDescribeImages,
  type EC2Client,
  type Image as Ec2Image,
} from '@aws-sdk/client-ec2';
import type { Image, ImageQuery } from '../questdbnode/ports.ts';
import { classOf, orRetryLater } from './errors.ts';

const PAGE_SIZE = 1000;

const AVAILABLE = 'available';

const fromEc2 = (image: Ec2Image): Image => ({
  imageId: image.ImageId ?? '',
  architecture: image.Architecture ?? '',
  ...(image.RootDeviceName === undefined ? {} : { rootDeviceName: image.RootDeviceName }),
});

/** EC2 lists images in no order. Two of the same second are told apart by their id, so that all hooks take the same. */
const newestFirst = (a: Ec2Image, b: Ec2Image): number => {
  const [createdA, createdB] = [a.CreationDate ?? '', b.CreationDate ?? ''];
  if (createdA !== createdB) return createdA < createdB ? 1 : -1;
  return (a.ImageId ?? '') < (b.ImageId ?? '') ? 1 : -1;
};

const readById = async (client: EC2Client, imageId: string): Promise<Image | undefined> => {
  try {
    const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    return (Images ?? []).filter(({ State }) => State === AVAILABLE).map(fromEc2)[0];
  } catch (error) {
    if (classOf(error) === 'NotFound') return undefined;
    throw error;
  }
};

type NameQuery = Exclude<ImageQuery, { id: string }>;

const readNewest = async (client: EC2Client, query: NameQuery): Promise<Image | undefined> => {
  const found: Ec2Image[] = [];
  const Filters = [
    { Name: 'name', Values: [query.name] },
    { Name: 'state', Values: [AVAILABLE] },
    { Name: 'architecture', Values: [...query.architectures] },
  ];
  const pages = paginateDescribeImages({ client, pageSize: PAGE_SIZE }, { Owners: [query.owner], Filters });
  for await (const page of pages) found.push(...(page.Images ?? []));
  return found.sort(newestFirst).map(fromEc2)[0];
};

/** The image the query asks for, the newest of several; undefined when EC2 shows none that is available. */
export const readImage = async (client: EC2Client, query: ImageQuery): Promise<Image | undefined> =>
  orRetryLater('DescribeImages', () => ('id' in query ? readById(client, query.id) : readNewest(client, query)));
