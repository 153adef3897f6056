// How many verdicts a minute, over the last ones given without a pause.

const VERDICTS = 20;
const PAUSE_MS = 60000;

export class Pace {
  times = [];

  // Call it with each verdict.
  tick(now = performance.now()) {
    if (now - this.times.at(-1) > PAUSE_MS) this.times = [];
    this.times.push(now);
    if (this.times.length > VERDICTS + 1) this.times.shift();
  }

  // Null until there are two verdicts to measure between.
  get perMinute() {
    const first = this.times[0];
    const last = this.times.at(-1);
    return last > first ? Math.round((60000 * (this.times.length - 1)) / (last - first)) : null;
  }
}
