import type { ApiAnswer, ApiRequest } from './api-server.ts';

/** The QuestDBNodes that an API server lists, page by page. */
export type NodeLists = {
  /** Their uids, as long as they exist; those of objects that are being deleted as well. */
  uids: Set<string>;
  answer: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;
  /** What happens when a page is asked for, before it is answered: counted from 1. It may answer in its place. */
  onPage: (page: number) => ApiAnswer | undefined | Promise<ApiAnswer | undefined>;
};

const PATH = '/apis/questdb-fleet.dev/v1alpha1/questdbnodes';
const METADATA_ALONE = 'as=PartialObjectMetadataList';

const notFound: ApiAnswer = { status: 404, body: { kind: 'Status', reason: 'NotFound', message: 'not found' } };

/** Spec and status are only there for one who asks for the whole. */
const itemOf = (uid: string, metadataAlone: boolean) => ({
  metadata: { name: `node-${uid}`, namespace: 'tenants', uid },
  ...(metadataAlone ? {} : { spec: {}, status: { launch: { userData: 'x'.repeat(4096) } } }),
});

/** Answers lists as the API server does: at most `limit` items, and a token while there are more. */
export const createNodeLists = (): NodeLists => {
  let pages = 0;
  const lists: NodeLists = {
    uids: new Set(),
    onPage: () => undefined,
    answer: async ({ url, accept }) => {
      if (url.pathname !== PATH) return notFound;
      pages += 1;
      const instead = await lists.onPage(pages);
      if (instead !== undefined) return instead;
      const limit = Number(url.searchParams.get('limit') ?? Infinity);
      const from = Number(url.searchParams.get('continue') ?? 0);
      const all = [...lists.uids].sort();
      const items = all.slice(from, from + limit).map((uid) => itemOf(uid, accept.includes(METADATA_ALONE)));
      const metadata = {
        resourceVersion: '7',
        ...(from + limit < all.length ? { continue: String(from + limit) } : {}),
      };
      return { status: 200, body: { kind: 'PartialObjectMetadataList', metadata, items } };
    },
  };
  return lists;
};
