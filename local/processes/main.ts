import { settingsOfThisProcess } from '../settings.ts';
import { allComponents } from './components.ts';
import { choicesOf } from './environment.ts';
import { supervise } from './supervisor.ts';

/** The supervisor of one local cluster; `npm run local -- up` starts it in the background. */
const settings = settingsOfThisProcess();
supervise(settings, allComponents(settings, process.env), choicesOf(settings, process.env));
