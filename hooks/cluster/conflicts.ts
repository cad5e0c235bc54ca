import { RetryLater } from '../metacontroller/errors.ts';
import { ApiError } from './kube-api.ts';

/**
 * Somebody was faster: the object changed, or was made or removed, since it was read. Nothing was done; the next pass sees what is there now.
 */
export const orRetryOnConflict = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) {
      throw new RetryLater(1, `Changed meanwhile: ${error.message}`, { cause: error });
    }
    throw error;
  }
};
