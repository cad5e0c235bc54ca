/** Tells a person what is going on: one line a step, redrawn while it lasts when the output is a terminal. */
export type Progress = {
  /** Runs one step under a title and says how long it took. */
  step: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  /** One line that belongs to no step. */
  note: (line: string) => void;
};

/** A step that takes longer says so at once where the line cannot be redrawn (a CI log). */
const PATIENCE_MILLISECONDS = 5000;

const seconds = (since: number): string => {
  const elapsed = (performance.now() - since) / 1000;
  return elapsed < 60 ? `${elapsed.toFixed(1)} s` : `${Math.floor(elapsed / 60)} min ${Math.round(elapsed % 60)} s`;
};

/** Progress on a stream, normally process.stdout. */
export const progressOn = (stream: NodeJS.WriteStream): Progress => ({
  note: (line) => void stream.write(`${line}\n`),
  step: async (title, work) => {
    const start = performance.now();
    const redraw = () => void stream.write(`\r\u001b[K  ... ${title} (${seconds(start)})`);
    const say = () => void stream.write(`  ... ${title}\n`);
    const ticker = stream.isTTY ? setInterval(redraw, 500) : setTimeout(say, PATIENCE_MILLISECONDS);
    try {
      const result = await work();
      stream.write(`${stream.isTTY ? '\r\u001b[K' : ''}  ok  ${title} (${seconds(start)})\n`);
      return result;
    } catch (error) {
      stream.write(`${stream.isTTY ? '\r\u001b[K' : ''}  --  ${title}: failed after ${seconds(start)}\n`);
      throw error;
    } finally {
      clearInterval(ticker);
    }
  },
});

/** For callers that want quiet: tests. */
export const noProgress: Progress = { note: () => undefined, step: (_title, work) => work() };
