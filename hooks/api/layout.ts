import { GROUP } from './labels.ts';

/**
 * What lies at the root of a volume that was not made by this operator. Root: QuestDB's root directory with db/ in it, as the image and charts
 * since 1.0 have it. DbOnly: what is in db/ alone, as charts before 1.0 mounted it
 * (github.com/questdb/questdb-kubernetes: charts/questdb, templates/statefulset.yaml and init_db_migrations_configmap.yaml).
 */
export type Layout = 'Root' | 'DbOnly';

/** Annotation of the claim and of the PersistentVolume, and EC2 tag: the layout is known wherever the data is found. */
export const LAYOUT = `${GROUP}/layout`;

/** The layout that annotations or tags tell; undefined on a volume that the operator made. */
export const layoutIn = (told: Readonly<Record<string, string>> | undefined): Layout | undefined => {
  const layout = told?.[LAYOUT];
  return layout === 'Root' || layout === 'DbOnly' ? layout : undefined;
};

/** The annotation, or the tag, that tells it. */
export const tellingLayout = (layout: Layout | undefined): Record<string, string> =>
  layout === undefined ? {} : { [LAYOUT]: layout };
