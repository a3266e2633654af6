import { sweepShard } from './shard.ts'

await sweepShard(1, 2)
