import { randomInt } from 'node:crypto';
import closeWithGrace from 'close-with-grace';
import { settingsOfThisProcess } from '../settings.ts';
import { startSimulator } from './simulator.ts';

const { ports, paths } = settingsOfThisProcess();

try {
  const simulator = await startSimulator({
    seed: randomInt(2 ** 31),
    port: ports.ec2,
    folder: paths.ec2,
    settings: { throttling: true },
  });
  console.log(`the simulated EC2 listens on ${simulator.url}, its account is in ${paths.ec2}`);
  closeWithGrace({ delay: 4000 }, async ({ signal, err }) => {
    if (err) console.error(err);
    await simulator.close();
    console.log(`the simulated EC2 has stopped${signal ? ` (${signal})` : ''}`);
  });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`the simulated EC2 cannot start: ${message}`);
  process.exitCode = 1;
}
