/** Server-sent events from the bytes of a response (the part of the standard that a stream of ours uses). */

export interface SseMessage {
  event: string;
  data: string;
}

/** Takes text as it arrives, in any pieces; gives the messages completed by it. Comments are dropped. */
export class SseParser {
  private rest = '';
  private event = '';
  private data: string[] = [];

  feed(text: string): SseMessage[] {
    const messages: SseMessage[] = [];
    const lines = (this.rest + text).split(/\r\n|\n/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (this.data.length > 0)
          messages.push({ event: this.event || 'message', data: this.data.join('\n') });
        this.event = '';
        this.data = [];
      } else this.field(line);
    }
    return messages;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    if (name === 'data') this.data.push(value);
  }
}
