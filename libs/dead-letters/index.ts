/** Dead letters: what could not be taken, looked at, mended and sent again. */
export * from './letter';
export * from './store';
