/** What programs end with, for scripts and service managers. */

/** Something broke: an engine, the network, or this program. */
export const EXIT_FAILURE = 1;
/** It was done, but not all of it; or what was checked is not right. The command's help says what that is. */
export const EXIT_INCOMPLETE = 2;
/** A wrong setting or call (EX_CONFIG of sysexits): the same again will not do. */
export const EXIT_CONFIGURATION = 78;

/** All of them, in words. */
export const EXIT_CODES: Record<number, string> = {
  0: 'all is done',
  [EXIT_FAILURE]: 'something broke, or the call is not understood; the message says what',
  [EXIT_INCOMPLETE]:
    "not all of it was done, or what was checked is not right; the command's help says which",
  [EXIT_CONFIGURATION]: 'a setting or an argument is wrong; the message names it',
  130: 'interrupted (Ctrl-C); run it again, what was done is not done twice',
};
