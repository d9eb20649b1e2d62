// Loaded into processes (`node --import`): their clock starts at CLOCK_AT and runs on from there, so that what
// expires with time has not expired in a fixture of years ago.
const Real = Date;
const ahead = Real.parse(process.env.CLOCK_AT) - Real.now();

globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length > 0 ? given : [Real.now() + ahead]));
  }

  static now() {
    return Real.now() + ahead;
  }
};
