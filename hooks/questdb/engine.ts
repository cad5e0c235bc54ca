import type { QuestDB } from '../api/generated/questdb.ts';

/** The process a pod runs. */
export type Engine = {
  /** The QuestDB version, the tag of the image. */
  version: string;
  /** Its image, with the tag and, where one is asked for, the digest. */
  image: string;
};

export const engineOf = ({ version, image }: QuestDB['spec']): Engine => {
  const tagged = `${image?.repository ?? 'questdb/questdb'}:${version}`;
  return { version, image: image?.digest === undefined ? tagged : `${tagged}@${image.digest}` };
};

/** The engine an image was made from by `engineOf`. A registry may have a port, so the tag is what follows the last colon. */
export const engineOfImage = (image: string): Engine => {
  const [tagged = ''] = image.split('@');
  return { version: tagged.slice(tagged.lastIndexOf(':') + 1), image };
};
