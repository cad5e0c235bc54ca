import { describe, expect, it } from 'vitest';
import { goProblem, javaProblem } from '../../../local/controlplane/toolchain.ts';

describe('the toolchain check', () => {
  it.each(['go1.26', 'go1.26.8', 'go1.30.1', 'go2.0'])('takes %s', (version) => {
    expect(goProblem(version)).toBeUndefined();
  });

  it.each([
    ['go1.25.9', 'this is go1.25.9'],
    ['devel something', 'says "devel something"'],
    [undefined, 'there is no `go` on PATH'],
  ])('refuses Go %s', (version, sentence) => {
    expect(goProblem(version)).toContain(sentence);
  });

  it.each(['openjdk version "17.0.15" 2025-04-15', 'java version "25" 2025-09-16 LTS'])('takes %s', (banner) => {
    expect(javaProblem(banner)).toBeUndefined();
  });

  it.each([
    ['openjdk version "11.0.2" 2019-01-15', 'this is Java 11'],
    ['java version "1.8.0_402"', 'this is Java 8'],
    ['something else', 'says "something else"'],
    [undefined, 'there is no `java` on PATH'],
  ])('refuses Java %s', (banner, sentence) => {
    expect(javaProblem(banner)).toContain(sentence);
  });
});
