/** The facts consumer as a process of its own. */
import { runProcess } from '#engines';
import { connectFacts } from './connect';
import { FactsModule } from './facts.module';

void runProcess({
  app: 'facts',
  parts: [{ module: FactsModule, connect: connectFacts }],
  split: true,
  migrate: true,
});
