import { describe, expect, it } from 'vitest';
import { readOwnerUids } from '../../../hooks/cluster/owners.ts';
import type { KubeApi } from '../../../hooks/cluster/kube-api.ts';
import { readPages } from '../../../hooks/cluster/pages.ts';

/** Answers one page after the other, and keeps what it was asked for. */
const pagesOf = (pages: readonly unknown[]) => {
  const asked: string[] = [];
  const read = (path: string): Promise<unknown> => {
    const page = pages[asked.length];
    asked.push(path);
    return page instanceof Error ? Promise.reject(page) : Promise.resolve(page);
  };
  return { asked, read };
};

describe('a list in pages', () => {
  it.each<[what: string, pages: unknown[], items: number[]]>([
    ['is one page', [{ metadata: {}, items: [1, 2] }], [1, 2]],
    ['is empty', [{ metadata: { resourceVersion: '7' }, items: [] }], []],
    ['says that there is no more with an empty token', [{ metadata: { continue: '' }, items: [1] }], [1]],
    ['has no metadata', [{ items: [1] }], [1]],
    [
      'is three, an empty one among them',
      [
        { metadata: { continue: 'a' }, items: [1, 2] },
        { metadata: { continue: 'b' }, items: [] },
        { metadata: {}, items: [3] },
      ],
      [1, 2, 3],
    ],
  ])('that %s', async (_what, pages, items) => {
    const { asked, read } = pagesOf(pages);
    expect(await readPages(read, '/list')).toEqual(items);
    expect(asked).toHaveLength(pages.length);
  });

  it('is asked for with the token of the page before, whatever is in it, and what was asked stays', async () => {
    const more = { metadata: { continue: 'a+b/c=&' }, items: [] };
    const { asked, read } = pagesOf([more, more, { metadata: {}, items: [] }]);
    await readPages(read, '/list?labelSelector=a%3Db');
    expect(asked).toEqual([
      '/list?labelSelector=a%3Db&limit=500',
      '/list?labelSelector=a%3Db&limit=500&continue=a%2Bb%2Fc%3D%26',
      '/list?labelSelector=a%3Db&limit=500&continue=a%2Bb%2Fc%3D%26',
    ]);
    const plain = pagesOf([{ items: [] }]);
    await readPages(plain.read, '/list');
    expect(plain.asked).toEqual(['/list?limit=500']);
  });

  it.each<[what: string, last: unknown]>([
    ['fails', new Error('410 Expired')],
    ['is no list', { kind: 'Status', status: 'Success' }],
    ['has null for items', { metadata: {}, items: null }],
  ])('is none when its last page %s', async (_what, last) => {
    const { read } = pagesOf([{ metadata: { continue: 'a' }, items: [1] }, last]);
    await expect(readPages(read, '/list')).rejects.toThrow();
  });
});

describe('the owners', () => {
  const asked: unknown[][] = [];
  const api = {
    list: (...request: unknown[]) => {
      asked.push(request);
      return Promise.resolve([
        { metadata: { name: 'a', uid: 'uid-1' } },
        { metadata: { name: 'b', uid: 'uid-2', deletionTimestamp: '2026-03-01T12:00:00Z' } },
      ]);
    },
  } as unknown as KubeApi;

  it('are all QuestDBNodes of the cluster, in every namespace, those that are being deleted too', async () => {
    expect(await readOwnerUids(api)).toEqual(new Set(['uid-1', 'uid-2']));
    expect(asked).toEqual([['/apis/questdb-fleet.dev/v1alpha1/questdbnodes', 'metadata']]);
  });
});
