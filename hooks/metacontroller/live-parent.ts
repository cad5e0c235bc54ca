import { isDeepStrictEqual } from 'node:util';
import type { ObjectMeta } from '../api/object-meta.ts';
import { RetryLater } from './errors.ts';

type Parent = { metadata: ObjectMeta; status?: unknown };

const SOON_SECONDS = 1;

/**
 * Holds what the request says of its parent against the API server. Nothing is trusted that only the request says: it may be forged, and
 * Metacontroller's cache lags. Throws RetryLater unless the live object is the same one (uid), for the same spec (generation).
 */
export const assertSameSpec = <P extends Parent>(requested: P, live: P | undefined): P => {
  if (live === undefined) throw new RetryLater(SOON_SECONDS, 'The object does not exist; nothing is done for it.');
  if (live.metadata.uid !== requested.metadata.uid) {
    throw new RetryLater(SOON_SECONDS, 'Another object has this name now; waiting for the request about it.');
  }
  if (live.metadata.generation !== requested.metadata.generation) {
    throw new RetryLater(SOON_SECONDS, 'The request is older than the object; waiting for a current one.');
  }
  return live;
};

/**
 * As assertSameSpec, for a kind whose status is memory: the status must be the same too. Metacontroller writes status as a whole, so an
 * answer made from an older one would undo a newer one.
 */
export const assertCurrent = <P extends Parent>(requested: P, live: P | undefined): P => {
  const same = assertSameSpec(requested, live);
  if (!isDeepStrictEqual(same.status, requested.status)) {
    throw new RetryLater(
      SOON_SECONDS,
      'The status in the request is older than the object; waiting for a current one.',
    );
  }
  return same;
};

/** For sync: the object must not be on its way out; finalize speaks for it then. */
export const assertLiving = <P extends Parent>(live: P): P => {
  if (live.metadata.deletionTimestamp !== undefined) {
    throw new RetryLater(SOON_SECONDS, 'The object is being deleted; waiting for the finalize request.');
  }
  return live;
};

/** For finalize: the API server itself must say that the object is being deleted. */
export const assertDying = <P extends Parent>(live: P): P => {
  if (live.metadata.deletionTimestamp === undefined) {
    throw new RetryLater(SOON_SECONDS, 'The object is not being deleted; nothing is done for it.');
  }
  return live;
};
