import type { Component } from '../../../local/processes/component.ts';
import { runs } from '../../../local/processes/health.ts';
import { supervise } from '../../../local/processes/supervisor.ts';
import { settingsOfThisProcess } from '../../../local/settings.ts';

const scripts = JSON.parse(process.env.SCRIPTS ?? '{}') as Record<string, string>;
const components = Object.entries(scripts).map(([name, script], tier): Component => ({
  name,
  command: '/bin/sh',
  args: ['-c', script],
  env: process.env,
  healthy: runs,
  tier,
}));
supervise(settingsOfThisProcess(), components, {});
