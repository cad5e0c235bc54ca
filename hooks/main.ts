import { acceptAnyone, acceptTokensOf } from './authorization.ts';
import { composeHooks } from './compose.ts';
import { type Config, ConfigurationError, readConfig } from './config.ts';
import { describeError, createLog } from './log.ts';
import { drainOnSignal, listen, type ListenOptions } from './listener.ts';
import { createRegistry } from './metrics.ts';

const optionsOf = (config: Config): ListenOptions => {
  const log = createLog(config.logLevel);
  const registry = createRegistry();
  const endpoint = config.ec2Endpoint ?? config.awsEndpoint;
  if (endpoint !== undefined) log.warn({ endpoint }, 'the environment names another EC2 than that of AWS');
  if (config.hookTokenFile === undefined)
    log.warn('HOOK_TOKEN_FILE is not set: the hook routes take calls without a token');
  return {
    ...config,
    log,
    registry,
    authorize: config.hookTokenFile === undefined ? acceptAnyone : acceptTokensOf(config.hookTokenFile, log),
    composition: composeHooks(config, log, registry),
  };
};

try {
  const options = optionsOf(readConfig(process.env));
  drainOnSignal(await listen(options), options);
} catch (error) {
  // As plain text: the level of the log may be what is wrong.
  const reason = error instanceof ConfigurationError ? error.message : describeError(error).message;
  process.stderr.write(`questdb-fleet hooks cannot start. ${reason}\n`);
  process.exit(1);
}
