/**
 * Kubernetes quantities as the schema lets them in: digits and an optional suffix, no fraction and no sign
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
 */
const SUFFIXES: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  T: 1000n ** 4n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
};
const BYTES = /^(\d+)(|[KMGT]i|[kMGT])$/;
const MIB = 1024n ** 2n;

/** Bytes of a quantity such as `100Gi`, `5G` or 1073741824. Throws on anything else. */
export const parseBytes = (quantity: string | number): bigint => {
  const [, digits, suffix] = BYTES.exec(String(quantity)) ?? [];
  const factor = suffix === undefined ? undefined : SUFFIXES[suffix];
  if (digits === undefined || factor === undefined) {
    throw new RangeError(`"${quantity}" is no size: digits and one of k, M, G, T, Ki, Mi, Gi, Ti are allowed`);
  }
  return BigInt(digits) * factor;
};

/** The canonical form of a size, the one the API server keeps: the largest binary suffix that leaves no fraction. */
export const canonicalBytes = (quantity: string | number): string => {
  const bytes = parseBytes(quantity);
  const suffix = ['Ti', 'Gi', 'Mi', 'Ki'].find((candidate) => bytes > 0n && bytes % (SUFFIXES[candidate] ?? 1n) === 0n);
  return suffix === undefined ? String(bytes) : `${bytes / (SUFFIXES[suffix] ?? 1n)}${suffix}`;
};

/** Whole MiB of a size, rounded down. */
export const floorMiB = (quantity: string | number): number => Number(parseBytes(quantity) / MIB);

/** Millicores of a CPU quantity such as `2`, `0.5` or `1930m`; rounded down. Throws on anything else. */
export const parseMillicores = (quantity: string | number): number => {
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(quantity)) ?? [];
  if (number === undefined) throw new RangeError(`"${quantity}" is no amount of CPU: for example 2, 0.5 or 1930m`);
  return Math.floor(Number(number) * (milli === 'm' ? 1 : 1000));
};

/** Millicores in the canonical form the API server keeps: whole cores without a suffix. */
export const canonicalMillicores = (millicores: number): string =>
  millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;

/** MiB in the canonical form the API server keeps. */
export const canonicalMiB = (mebibytes: number): string => canonicalBytes(String(BigInt(mebibytes) * MIB));
