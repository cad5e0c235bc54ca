/**
 * Kubernetes quantities (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/): digits, perhaps a fraction, and a
 * suffix. Users write them without sign and fraction (the schema says so); Nodes may report any form.
 */
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL = ['k', 'M', 'G', 'T', 'P', 'E'] as const;
const FACTORS: ReadonlyMap<string, bigint> = new Map<string, bigint>([
  ['', 1n],
  ...BINARY.map((suffix, index) => [suffix, 1024n ** BigInt(index + 1)] as const),
  ...DECIMAL.map((suffix, index) => [suffix, 1000n ** BigInt(index + 1)] as const),
]);
const SIZE = /^(\d+)(?:\.(\d+))?(m|[kMGTPE]|[KMGTPE]i|)$/;
const MIB = 1024n ** 2n;

/** Whole bytes of a size such as `100Gi`, `1.5Gi`, `5G` or 1073741824, rounded down. Throws on anything else. */
export const parseBytes = (quantity: string | number): bigint => {
  const [, whole, fraction = '', suffix = ''] = SIZE.exec(String(quantity)) ?? [];
  if (whole === undefined) throw new RangeError(`"${quantity}" is no size: for example 100Gi, 500G or 1073741824`);
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction);
  return suffix === 'm' ? scaled / (scale * 1000n) : (scaled * (FACTORS.get(suffix) ?? 1n)) / scale;
};

/** The canonical form of a size, the one the API server keeps: the largest binary suffix that leaves no fraction. */
export const canonicalBytes = (quantity: string | number): string => {
  const bytes = parseBytes(quantity);
  const suffix = BINARY.findLast((candidate) => bytes > 0n && bytes % (FACTORS.get(candidate) ?? 1n) === 0n);
  return suffix === undefined ? String(bytes) : `${bytes / (FACTORS.get(suffix) ?? 1n)}${suffix}`;
};

/** Whole MiB of a size, rounded down. */
export const floorMiB = (quantity: string | number): number => Number(parseBytes(quantity) / MIB);

/** Thousandths of one that a suffix stands for. A Node of a thousand cores says `1k`. */
const MILLI: ReadonlyMap<string, number> = new Map([
  ['n', 1e-6],
  ['u', 1e-3],
  ['m', 1],
  ['', 1e3],
  ['k', 1e6],
]);

/** Millicores of a CPU quantity such as `2`, `0.5` or `1930m`; rounded down. Throws on anything else. */
export const parseMillicores = (quantity: string | number): number => {
  const [, number, suffix = ''] = /^(\d+(?:\.\d+)?)([numk]?)$/.exec(String(quantity)) ?? [];
  if (number === undefined) throw new RangeError(`"${quantity}" is no amount of CPU: for example 2, 0.5 or 1930m`);
  return Math.floor(Number(number) * (MILLI.get(suffix) ?? 0));
};

/** Millicores in the canonical form the API server keeps: whole cores without a suffix. */
export const canonicalMillicores = (millicores: number): string =>
  millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;

/** MiB in the canonical form the API server keeps. */
export const canonicalMiB = (mebibytes: number): string => canonicalBytes(String(BigInt(mebibytes) * MIB));

/** CPU and memory as Kubernetes writes them; what is absent is none. */
export type Amounts = { cpu?: string; memory?: string };

/** Whether so much can be had out of so much. */
export const fitsInto = (asked: Amounts, given: Amounts): boolean =>
  parseMillicores(asked.cpu ?? '0') <= parseMillicores(given.cpu ?? '0') &&
  parseBytes(asked.memory ?? '0') <= parseBytes(given.memory ?? '0');
