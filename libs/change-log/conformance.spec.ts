import { describeChangeLog } from './conformance';
import { embeddedHarness, kafkaHarness } from './harnesses';

describeChangeLog('embedded', embeddedHarness);
describeChangeLog('kafka', kafkaHarness);
