import type { V1Container } from '@kubernetes/client-node';
import type { Layout } from '../../api/layout.ts';
import type { Wire } from '../../api/wire.ts';

/** Its name, by which a failure of it is known. */
export const CHECK_LAYOUT = 'check-layout';

/**
 * Every version of QuestDB keeps `_tab_index.d` beside its tables, and since 7 a registry `tables.d.<number>`. What is looked at is only whether
 * they are there; nothing is written.
 */
const SCRIPT = `cd /volume || exit 1
registry() { for file in "$1"_tab_index.d "$1"tables.d.*; do [ -e "$file" ] && return 0; done; return 1; }
refuse() { echo "$1 Nothing was written." >&2; exit 1; }
registry ./ && registry db/ && refuse "The volume has tables at its root and in db/ too: take one of them away."
case "$LAYOUT" in
Root)
  registry ./ && refuse "The volume has its tables at its root: set spec.storage.from.layout to DbOnly."
  [ -d db ] && exit 0 ;;
DbOnly)
  registry db/ && refuse "The volume has its tables in db/: set spec.storage.from.layout to Root."
  registry ./ && exit 0 ;;
esac
for file in * .[!.]*; do
  [ "$file" = lost+found ] || [ ! -e "$file" ] || refuse "The volume holds something else than a QuestDB database of layout $LAYOUT (it has $file)."
done`;

/** Runs before the database on a volume that was taken over, and fails with one sentence where the layout is not the one that is said. */
export const checkLayout = (
  layout: Layout,
  { image, imagePullPolicy, securityContext }: Pick<Wire<V1Container>, 'image' | 'imagePullPolicy' | 'securityContext'>,
): Wire<V1Container> => ({
  name: CHECK_LAYOUT,
  ...(image === undefined ? {} : { image }),
  ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
  command: ['sh', '-c', SCRIPT],
  env: [{ name: 'LAYOUT', value: layout }],
  resources: { requests: { cpu: '10m', memory: '16Mi' } },
  ...(securityContext === undefined ? {} : { securityContext }),
  terminationMessagePolicy: 'FallbackToLogsOnError',
  volumeMounts: [{ name: 'data', mountPath: '/volume', readOnly: true }],
});
