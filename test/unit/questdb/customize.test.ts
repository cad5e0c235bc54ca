import { describe, expect, it } from 'vitest';
import { customize } from '../../../hooks/questdb/customize.ts';
import { customize as customizeNode } from '../../../hooks/questdbnode/customize.ts';
import { customize as customizeVolume } from '../../../hooks/questdbvolume/customize.ts';
import { aDatabase, OWN_NODE } from '../../fixtures/questdb.ts';
import { aNodeParent, PARENT_UID } from '../../fixtures/questdbnode.ts';
import { aVolumeParent } from '../../fixtures/questdbvolume.ts';

const API_VERSION = 'questdb-fleet.dev/v1alpha1';
const theClass = { apiVersion: API_VERSION, resource: 'questdbnodeclasses', names: ['default'] };

describe('the related objects', () => {
  it('of a QuestDB are its class, if it has a node', () => {
    expect(customize({ parent: aDatabase() })).toEqual({ relatedResources: [] });
    expect(customize({ parent: aDatabase({ spec: { node: OWN_NODE } }) })).toEqual({ relatedResources: [theClass] });
  });

  it('of a QuestDBNode are its class and the Nodes that joined for it', () => {
    const labelSelector = { matchLabels: { 'questdb-fleet.dev/node': PARENT_UID } };
    expect(customizeNode({ parent: aNodeParent() })).toEqual({
      relatedResources: [theClass, { apiVersion: 'v1', resource: 'nodes', labelSelector }],
    });
  });

  it('of a QuestDBVolume are the claims of the database, in its namespace alone, and the class', () => {
    expect(customizeVolume({ parent: aVolumeParent() })).toEqual({
      relatedResources: [
        {
          apiVersion: 'v1',
          resource: 'persistentvolumeclaims',
          namespace: 'acme',
          labelSelector: { matchLabels: { 'questdb-fleet.dev/database': 'trades' } },
        },
        { apiVersion: 'storage.k8s.io/v1', resource: 'storageclasses', names: ['questdb'] },
      ],
    });
  });
});
