import { Module } from '@nestjs/common';
import { FactsConsumer } from './facts.consumer';
import { FactsSink } from './facts.sink';

/** The consumer that fills the warehouse. Needs the engines' module beside it. */
@Module({ controllers: [FactsConsumer], providers: [FactsSink], exports: [FactsSink] })
export class FactsModule {}
