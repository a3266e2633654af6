import { systemRuntime } from '@altostack/core'
import { silentLog } from '../../packages/agent/src/log.ts'
import { openSegments } from '../../packages/agent/src/network/segments.ts'
import { openStateDatabase } from '../../packages/agent/src/state-database.ts'

/** The agent's own code for bridges of guests, alone on a host: `attach INSTANCE NIC-UUID VLAN LABEL [MTU]` or `release INSTANCE`. */
const [act, instance = '', nicUuid = '', vlan = '0', label = '', mtu] = process.argv.slice(2)
const segments = openSegments({
  database: openStateDatabase('/root/segments.db'),
  runtime: systemRuntime(),
  log: silentLog(),
})
try {
  if (act === 'release') await segments.release(instance)
  else {
    const nic = {
      nicUuid,
      deviceId: 0,
      mac: '02:00:5e:00:00:01',
      bridge: label,
      model: 'virtio' as const,
      ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
    }
    const [placed] = await segments.attach(instance, [{ ...nic, segment: { kind: 'vlan', id: Number(vlan) } }])
    console.log(JSON.stringify(placed))
  }
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: string }).code, message: String(error) }))
}
