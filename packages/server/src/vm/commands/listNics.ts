import { listNics } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { nicViews } from '../../network/index.ts'

export const handler = defineHandler(listNics, {
  async list({ db, input, entities, page }) {
    const vm = entities.virtualmachineid
    // Every NIC is one that users see.
    const all = input.fordisplay === false ? [] : ((await nicViews(db, [vm.id])).get(vm.id) ?? [])
    const keyword = input.keyword?.toLowerCase() ?? ''
    const found = all.filter(
      (nic) =>
        (entities.nicid === undefined || nic.id === entities.nicid.uuid) &&
        (entities.networkid === undefined || nic.networkid === entities.networkid.uuid) &&
        `${nic.networkname ?? ''} ${nic.ipaddress ?? ''} ${nic.macaddress ?? ''}`.toLowerCase().includes(keyword),
    )
    return { count: found.length, items: found.slice(page.offset, page.offset + page.limit) }
  },
})
