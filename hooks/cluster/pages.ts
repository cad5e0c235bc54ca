import { Unsure } from '../metacontroller/errors.ts';

/** One page of a list (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). */
type Page<T> = { metadata?: { continue?: string }; items?: T[] };

const PAGE_SIZE = 500;

/**
 * All items of a list, page by page, as they were when the first page was read. All or nothing: a page that fails, or is no list, fails
 * the whole, so that nothing is taken for absent that was only not read.
 */
export const readPages = async <T>(readPage: (path: string) => Promise<unknown>, path: string): Promise<T[]> => {
  const items: T[] = [];
  let token: string | undefined;
  do {
    const page = (await readPage(pagePath(path, token))) as Page<T>;
    if (!Array.isArray(page.items)) throw new Unsure(`The API server answered ${path} with something that is no list.`);
    items.push(...page.items);
    // The last page has none, or an empty one.
    token = page.metadata?.continue || undefined;
  } while (token !== undefined);
  return items;
};

const pagePath = (path: string, token: string | undefined): string => {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(token === undefined ? {} : { continue: token }) });
  return `${path}${path.includes('?') ? '&' : '?'}${query.toString()}`;
};
