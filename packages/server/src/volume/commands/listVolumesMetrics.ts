import { listVolumesMetrics, volumeResponse } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { sum } from '../../stats/index.ts'
import { handler as volumes } from './listVolumes.ts'

export const handler = defineExtendedList(
  listVolumesMetrics,
  { handler: volumes, response: volumeResponse },
  (_call, items) =>
    items.map((volume) => ({
      ...volume,
      sizegb: `${((volume.size ?? 0) / 1024 ** 3).toFixed(2)} GiB`,
      diskiopstotal: sum(volume.diskioread ?? undefined, volume.diskiowrite ?? undefined),
    })),
)
