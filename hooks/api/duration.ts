const UNITS = { h: 3600, m: 60, s: 1 } as const;

/** The seconds of a duration as `336h`, `1h30m` or `90s` (crds/questdbs.yaml); undefined for any other text. */
export const parseDuration = (text: string): number | undefined => {
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
};
