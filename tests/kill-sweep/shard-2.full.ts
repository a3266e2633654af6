import { sweepShard } from './shard.ts'

await sweepShard(2, 2)
