import { describe, expect, it } from 'vitest';
import { objectsOf } from '../../../hooks/metacontroller/observed.ts';
import { aNode, mapOf } from '../../fixtures/questdb.ts';
import { deepFrozen } from '../../fixtures/frozen.ts';

describe('the objects of one kind', () => {
  const named = (name: string) => aNode({ metadata: { name } });
  const map = deepFrozen(mapOf([named('b'), named('c'), named('a')]));

  it('are sorted by name, whatever their keys', () => {
    const names = objectsOf(map, 'QuestDBNode.questdb-fleet.dev/v1alpha1').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  it('are none where there is no such kind', () => {
    expect(objectsOf(map, 'Service.v1')).toEqual([]);
  });
});
