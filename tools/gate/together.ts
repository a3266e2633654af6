/** The process of run-together.ts: runs the files of its arguments and tells what happens as lines of JSON on descriptor 3. */
import { writeSync } from 'node:fs'
import { run } from 'node:test'
import { eventsOf } from './test-events.ts'

const events = 3
await eventsOf(run({ files: process.argv.slice(2), isolation: 'none', concurrency: false }), (event) =>
  writeSync(events, `${JSON.stringify(event)}\n`),
)
writeSync(events, 'ended\n')
