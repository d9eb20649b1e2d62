import { redacted } from './redact';

const SECRET = 'A1b2-_'.repeat(8).slice(0, 43);

describe('what is printed', () => {
  it.each([
    [`key fb_0123456789abcdef_${SECRET} refused`, 'key fb_0123456789abcdef_[redacted] refused'],
    [
      `/tv?token=fbs_0123456789abcdef_${SECRET}&theme=dark`,
      '/tv?token=fbs_0123456789abcdef_[redacted]&theme=dark',
    ],
    [`ticket=fbt_0123456789abcdef_${SECRET}`, 'ticket=fbt_0123456789abcdef_[redacted]'],
    ['authorization: Bearer some-long-admin-key-of-ours', 'authorization: Bearer [redacted]'],
    ['authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [redacted]'],
    [
      'connect rediss://app:p%40ss@redis:6379/0 failed',
      'connect rediss://app:[redacted]@redis:6379/0 failed',
    ],
    ['http://:pass@host and redis://host:6379/a:b@c', 'http://:[redacted]@host and redis://host:6379/a:b@c'],
  ])('%s', (text, clean) => {
    expect(redacted(text)).toBe(clean);
  });

  it('hides secrets that have no form when they are known', () => {
    expect(redacted('wrong password hunter2!', ['hunter2!'])).toBe('wrong password [redacted]');
  });

  it('leaves everything else alone', () => {
    const text = '{"url":"http://127.0.0.1:3000","id":"fb_0123456789abcdef","bearer":"Bearer"}';
    expect(redacted(text)).toBe(text);
  });
});
