/** Publishing as a process of its own. */
import { runProcess } from '#engines';
import { IngestModule } from './ingest.module';

void runProcess({ app: 'ingest', parts: [{ module: IngestModule }], split: true, migrate: false });
