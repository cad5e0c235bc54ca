import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../processes/command.ts';
import type { Progress } from './progress.ts';

/** The QuestDB versions whose image a local instance can run. */
export const ENGINE_VERSIONS = ['9.1.0', '9.2.3', '9.3.4'];

/** Maven's local repository: the user's settings.xml decides, else ~/.m2/repository. */
export const mavenRepository = (): string => {
  const settings = join(homedir(), '.m2', 'settings.xml');
  const configured = existsSync(settings)
    ? /<localRepository>\s*([^<\s]+)\s*<\/localRepository>/.exec(readFileSync(settings, 'utf8'))?.[1]
    : undefined;
  return configured?.replace('${user.home}', homedir()) ?? join(homedir(), '.m2', 'repository');
};

const jarOf = (version: string): string =>
  join(mavenRepository(), 'org', 'questdb', 'questdb', version, `questdb-${version}.jar`);

/** Versions that still have to be fetched. */
export const missingEngines = (): string[] => ENGINE_VERSIONS.filter((version) => !existsSync(jarOf(version)));

/** Fetches the QuestDB servers that are not in the local Maven repository yet. */
export const ensureEngines = async (progress: Progress): Promise<void> => {
  for (const version of missingEngines()) {
    await progress.step(`QuestDB ${version} from the Java registry`, () =>
      runCommand('mvn', [
        '--batch-mode',
        '--quiet',
        'dependency:get',
        `-Dmaven.repo.local=${mavenRepository()}`,
        `-Dartifact=org.questdb:questdb:${version}`,
        '-Dtransitive=false',
      ]),
    );
  }
};
