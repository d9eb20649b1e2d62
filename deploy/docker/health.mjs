// The health check of the images: exit code 0 when the process is ready to work.
const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const isAny = HOST === '0.0.0.0' || HOST === '::';
const host = isAny ? '127.0.0.1' : HOST.includes(':') ? `[${HOST}]` : HOST;

try {
  const { ok } = await fetch(`http://${host}:${PORT}/health/ready`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
