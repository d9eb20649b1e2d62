/**
 * Secrets taken out of what is printed. Nothing logs one on purpose; this is for the address, the header
 * or the connection string that comes along inside an error.
 */

/** Keys, screen tokens and tickets: the id stays, for it is what operators look for. */
const TOKEN = /\b(fbs|fbt|fb)_([0-9a-f]{16})_[A-Za-z0-9_-]{16,}/g;
const BEARER = /\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+(?=@)/gi;

/** A text without secrets; `known` are those that have no form of their own. */
export function redacted(text: string, known: readonly string[] = []): string {
  let clean = text.replace(TOKEN, '$1_$2_[redacted]').replace(URL_PASSWORD, '$1[redacted]');
  for (const secret of known) clean = clean.replaceAll(secret, '[redacted]');
  return clean.replace(BEARER, '$1 [redacted]');
}
