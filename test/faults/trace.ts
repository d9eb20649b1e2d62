/** System calls of a process and its threads as strace writes them down, each with its beginning and its end. */

export interface Call {
  name: string;
  /** The file, folder or socket of its first argument. */
  path: string;
  descriptor: number;
  /** Everything strace shows of its arguments and result. */
  text: string;
  /** Lines of the trace: a call that others interrupt begins and ends on different ones. */
  begins: number;
  ends: number;
}

const BEGUN = /^(\d+)\s+(\w+)\((?:(\d+)<([^>]*)>)?/;
const RESUMED = /^(\d+)\s+<\.\.\. \w+ resumed>/;

/** The calls of a trace made with `strace -f -y`, in the order in which they began. */
export function callsOf(trace: string): Call[] {
  const calls: Call[] = [];
  const interrupted = new Map<string, Call>();
  for (const [at, line] of trace.split('\n').entries()) {
    const resumed = RESUMED.exec(line)?.[1];
    const held = resumed === undefined ? undefined : interrupted.get(resumed);
    if (resumed !== undefined && held) {
      Object.assign(held, { ends: at, text: held.text + line });
      interrupted.delete(resumed);
      continue;
    }
    const [, thread, name, descriptor, path] = BEGUN.exec(line) ?? [];
    if (thread === undefined || name === undefined) continue;
    const open = line.includes('<unfinished ...>');
    const call = {
      name,
      path: path ?? '',
      descriptor: Number(descriptor ?? -1),
      text: line,
      begins: at,
      ends: open ? Infinity : at,
    };
    calls.push(call);
    if (open) interrupted.set(thread, call);
  }
  return calls;
}
