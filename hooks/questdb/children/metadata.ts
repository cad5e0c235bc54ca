import { childLabels } from '../../api/labels.ts';

/** The metadata of a child: its name, and labels that say whose it is. The namespace is the parent's by default. */
export const childMetadata = (database: string, name: string) => ({ name, labels: childLabels(database) });
