export {
  type Change,
  changesAfter,
  createFeed,
  type Feed,
  feedBounds,
  readRunsElsewhere,
  recordChange,
} from './feed.ts'
export { type EventLevel, type EventState, type NewEvent, recordEvent } from './record-event.ts'
