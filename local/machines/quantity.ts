const UNITS: Readonly<Record<string, number>> = {
  '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40,
}; // prettier-ignore

/** The number a Kubernetes quantity stands for, for example 0.08 for 80m. */
export const numberOf = (quantity: string): number => {
  const [, digits, unit] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit ?? ''];
  if (digits === undefined || factor === undefined) throw new Error(`not a quantity: ${quantity}`);
  return Number(digits) * factor;
};
