/** How far an import is: a bar on a terminal, a line now and then elsewhere. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  start(total: number): void;
  advance(by: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 2_000;

/** Progress for people; on a stream that is no terminal plain lines. */
export function progressOn(stream: NodeJS.WriteStream, what: string): Progress {
  return stream.isTTY ? bar(stream, what) : lines(stream, what);
}

function bar(stream: NodeJS.WriteStream, what: string): Progress {
  const single = new SingleBar(
    { stream, format: `${what} {bar} {percentage}% {value}/{total}`, hideCursor: true },
    Presets.shades_classic,
  );
  return {
    start: (total) => single.start(total, 0),
    advance: (by) => single.increment(by),
    stop: () => single.stop(),
  };
}

function lines(stream: NodeJS.WritableStream, what: string): Progress {
  let total = 0;
  let done = 0;
  let written = -1;
  let last = 0;
  const write = (): void => {
    if (written === done) return;
    written = done;
    last = Date.now();
    stream.write(`${what}: ${done} of ${total}\n`);
  };
  return {
    start: (size) => {
      total = size;
      done = 0;
      written = -1;
      last = Date.now();
    },
    advance: (by) => {
      done += by;
      if (Date.now() - last >= LINE_EVERY_MS) write();
    },
    stop: write,
  };
}
