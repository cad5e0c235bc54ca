import { settingsOfThisProcess } from '../settings.ts';
import { allComponents } from './components.ts';
import { ec2EndpointOf } from './environment.ts';
import { supervise } from './supervisor.ts';

/** The supervisor of one local cluster; `npm run local -- up` starts it in the background. */
const settings = settingsOfThisProcess();
supervise(settings, allComponents(settings, process.env), {
  ec2Endpoint: ec2EndpointOf(settings, process.env).url,
});
