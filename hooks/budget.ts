/**
 * What `work` answers, or what `late` throws when that takes longer than `seconds`. The work itself goes on and its end is ignored:
 * the laws of a hook make a call that nobody waits for harmless.
 */
export const withinBudget = async <T>(seconds: number, work: () => Promise<T>, late: () => Error): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    // The loser's rejection is handled by the race too, so it cannot end the process.
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
  }
};
