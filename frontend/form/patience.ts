import { Unreachable } from "../widget/api";
import { waitBefore } from "../widget/socket";

const TRIES = 6;

/** The same again while nothing answers, each time a little later; the last failure is thrown. */
export async function patiently<T>(
  act: () => Promise<T>,
  onWait: () => void,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Unreachable) || attempt + 1 >= TRIES) throw error;
      onWait();
      await sleep(waitBefore(attempt, Math.random()) + 500);
    }
  }
}
