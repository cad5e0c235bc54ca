/** A QuestDB version, `major.minor.patch` (crds/questdbs.yaml). */
export type Version = { major: number; minor: number; patch: number };

/** The version a text begins with, whatever follows (`9.3.4`, `9.3.4-SNAPSHOT`); undefined when it begins with none. */
export const parseVersion = (text: string): Version | undefined => {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor), patch: Number(patch) };
};

/** Negative when `a` is the lower one, 0 when they are the same, positive when it is the higher one. */
export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch;

/** Whether a version is this one or a later one. What begins with no version counts as the newest: only builds of one's own are called so. */
export const isAtLeast = (text: string, least: string): boolean => {
  const [version, bound] = [parseVersion(text), parseVersion(least)];
  return version === undefined || bound === undefined || compareVersions(version, bound) >= 0;
};
