import { layoutIn, type Layout } from '../api/layout.ts';
import type { Identity } from '../api/labels.ts';
import type { Observed } from './observe.ts';
import type { Claim } from './ports.ts';

type Told = Readonly<Record<string, string>> | undefined;

/**
 * What the manifest says of the volume it takes over, else what the data itself tells; undefined for one that the operator made. `claim`: the
 * claim it is about, when there is one.
 */
export const layoutFor = ({ parent }: Observed, told: Told, claim?: string): Layout | undefined => {
  const { from } = parent.spec;
  const isMeant = from?.volumeHandle !== undefined || (from?.claimName !== undefined && from.claimName === claim);
  return isMeant ? (from.layout ?? 'Root') : layoutIn(told);
};

/** The layout of the claim. */
export const layoutOfClaim = (observed: Observed, { metadata }: Claim): Layout | undefined =>
  layoutFor(observed, metadata.annotations, metadata.name);

/** Whether the claim tells another layout than the manifest: it was corrected. */
export const isLayoutWrong = (observed: Observed, claim: Claim): boolean =>
  layoutOfClaim(observed, claim) !== layoutIn(claim.metadata.annotations);

/** Whose data the claim holds, and its layout. */
export const securedOf = (
  { identity }: Observed,
  { metadata }: Claim,
): { identity: Identity; layout: Layout | undefined } => ({
  identity,
  layout: layoutIn(metadata.annotations),
});
