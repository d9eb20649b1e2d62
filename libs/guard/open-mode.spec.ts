import { openModeRefusal } from './open-mode';

describe('a request while there is no key', () => {
  it.each([
    { host: 'localhost' },
    { host: 'localhost:3000' },
    { host: 'LOCALHOST:3000', origin: 'http://localhost:3000' },
    { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' },
    { host: '[::1]:3000', origin: 'http://[::1]:3000' },
  ])('is let in: %p', (headers) => {
    expect(openModeRefusal(headers)).toBeNull();
  });

  it.each([
    {},
    { host: '' },
    { host: 'localhost.evil.example:3000' },
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example' },
    { host: '127.0.0.2:3000' },
    { host: 'localhost:3000@evil.example' },
    { host: '0.0.0.0:3000' },
    { host: 'localhost:3000', origin: 'http://localhost:3001' },
    { host: 'localhost:3000', origin: 'https://localhost:3000' },
    { host: 'localhost:3000', origin: 'http://evil.example' },
    { host: 'localhost:3000', origin: 'null' },
    { host: 'localhost:3000', origin: '' },
    { host: 'localhost:3000', forwarded: 'for=1.2.3.4' },
    { host: 'localhost:3000', 'x-forwarded-for': '1.2.3.4' },
    { host: 'localhost:3000', 'x-forwarded-anything': '' },
  ])('is refused: %p', (headers) => {
    expect(openModeRefusal(headers)).not.toBeNull();
  });
});
