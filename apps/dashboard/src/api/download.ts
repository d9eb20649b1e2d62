/** Downloads for a page that speaks with a key: by a one-time link, which a browser can open as it is. */
import { send } from './client';

/** @throws ApiError when no ticket is given. */
export async function download(path: string): Promise<void> {
  const ticket = await send<{ url: string }>('POST', '/v1/tickets', { path });
  const link = document.createElement('a');
  link.href = ticket.url;
  link.download = '';
  link.click();
}
