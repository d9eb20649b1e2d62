import { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { isNotYet } from './not-yet';

/** As the brokers' error codes become errors. */
const answered = (retriable: boolean): KafkaJSProtocolError =>
  Object.assign(new KafkaJSProtocolError('This server does not host this topic-partition'), { retriable });

test('what a broker cannot answer yet is told from other errors, however it is handed on', () => {
  const notYet = answered(true);
  const never = answered(false);
  const given = { retryCount: 2, retryTime: 1 };
  const handedOn = (error: KafkaJSProtocolError): Error[] => [
    error,
    Object.assign(new KafkaJSNonRetriableError(error), { cause: error }),
    Object.assign(new KafkaJSNumberOfRetriesExceeded(error, given), { cause: error }),
  ];
  expect(handedOn(notYet).map(isNotYet)).toEqual([true, true, true]);
  expect(handedOn(never).map(isNotYet)).toEqual([false, false, false]);
  expect(isNotYet(new Error('socket hang up'))).toBe(false);
});
