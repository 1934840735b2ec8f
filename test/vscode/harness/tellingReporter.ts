import Mocha from 'mocha';

/** Mocha's usual report, which also tells why a test is tried again: a second try must hide nothing. */
class TellingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(Mocha.Runner.constants.EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      Mocha.reporters.Base.consoleLog(`    ↻ tried again: ${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
  }
}

export = TellingReporter;
