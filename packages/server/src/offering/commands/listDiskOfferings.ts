import { type diskOfferingResponse, listDiskOfferings, type ResponseValue } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { listDiskOfferingRows, poolTags } from '../disk-offering.repository.ts'

export const handler = defineHandler(listDiskOfferings, {
  async list({ db, input, entities, page }) {
    const { count, rows } = await listDiskOfferingRows(
      db,
      {
        ...(entities.id === undefined ? {} : { id: entities.id.id }),
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.keyword === undefined ? {} : { keyword: input.keyword }),
        ...(input.state === undefined ? {} : { state: input.state }),
        ...(input.storagetype === undefined ? {} : { localStorage: input.storagetype === 'local' }),
        ...(entities.volumeid?.disk_offering_id ? { exceptId: entities.volumeid.disk_offering_id } : {}),
        ...(entities.storageid === undefined ? {} : { poolTags: await poolTags(db, entities.storageid.id) }),
      },
      page,
    )
    return {
      count,
      items: rows.map(
        (offering): ResponseValue<typeof diskOfferingResponse> => ({
          id: offering.uuid,
          name: offering.name,
          state: offering.state,
          displaytext: offering.display_text,
          disksize: Math.round(offering.disk_size / 2 ** 30),
          created: offering.created,
          iscustomized: offering.customized === 1,
          iscustomizediops: false,
          tags: offering.tags,
          storagetype: offering.use_local_storage === 1 ? 'local' : 'shared',
          provisioningtype: offering.provisioning_type,
          cacheMode: offering.cache_mode,
          displayoffering: offering.display_offering === 1,
          disksizestrictness: false,
          encrypt: offering.encrypt === 1,
          hasannotations: false,
        }),
      ),
    }
  },
})
