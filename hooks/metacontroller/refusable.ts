import { fails, holds, isTrueFor, transition, type Condition } from '../api/conditions.ts';
import { generationOf } from '../api/kinds.ts';
import type { ObjectMeta } from '../api/object-meta.ts';
import type { SyncResponse } from './contract.ts';
import { Refusal } from './errors.ts';

type Status = { conditions?: Condition[] };
type Parent<S extends Status> = { metadata: ObjectMeta; status?: S };

const RETRY_SECONDS = 30;

/**
 * Runs the rest of a pass, for a kind without children. What EC2 or the API server refuses outright is told in the conditions, where users
 * look, instead of failing the call; all else that was known stays.
 */
export const refusable = async <S extends Status>(
  parent: Parent<S>,
  now: () => Date,
  pass: () => Promise<SyncResponse<S>>,
): Promise<SyncResponse<S>> => {
  try {
    return await pass();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: refused(parent, error.message, now()), children: [], resyncAfterSeconds: RETRY_SECONDS };
  }
};

const refused = <S extends Status>(parent: Parent<S>, message: string, now: Date): S & Status => {
  const previous = parent.status?.conditions ?? [];
  const generation = generationOf(parent);
  const said = transition(
    {
      // What was found Ready still is, for all that is known: a call that is refused is no news of it.
      ...(isTrueFor(previous, 'Ready', generation) ? {} : { Ready: fails('CallRefused', message) }),
      Stalled: holds('CallRefused', message),
    },
    { previous, generation, now },
  );
  const others = previous.filter(({ type }) => said.every((condition) => condition.type !== type));
  const conditions = [...others, ...said].sort((a, b) => (a.type < b.type ? -1 : 1));
  return Object.assign({}, parent.status, { conditions });
};
