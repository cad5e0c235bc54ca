/**
 * The errors a hook may end with. Metacontroller changes nothing on any of them. Their message goes into its log and, but for
 * RetryLater, into a Warning event on the parent: one clear sentence, no secrets.
 */

/** HTTP 429 with Retry-After: asked again after that time, without an event and without a growing back-off. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly afterSeconds: number;

  constructor(afterSeconds: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.afterSeconds = Math.max(1, Math.ceil(afterSeconds));
  }
}

/** HTTP 503: the hook is unsure, so nothing may change; Metacontroller backs off. */
export class Unsure extends Error {
  override readonly name: string = 'Unsure';
}

/**
 * EC2 or the API server understood a call and refused it: it will not work until a human changes something. Where the hook can, it becomes
 * a Stalled condition with this sentence; else it is answered as Unsure.
 */
export class Refusal extends Unsure {
  override readonly name: string = 'Refusal';
}

/** HTTP 422: the request is not one this hook can act on, for example a parent of another kind. */
export class UnusableRequest extends Error {
  override readonly name = 'UnusableRequest';
}
