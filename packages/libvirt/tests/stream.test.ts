import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ConnectionLostError, connectLibvirt, isLibvirtError, type LibvirtClient, type types } from '../src/index.ts'
import { cannotRun, startLibvirtd, type TestDaemon } from './libvirtd.ts'

const size = 3 * 1024 * 1024 + 17

describe('byte streams of a real libvirtd', { skip: cannotRun(), timeout: 120_000 }, () => {
  let daemon: TestDaemon
  let client: LibvirtClient
  let vol: types.NonnullStorageVol
  const data = randomBytes(size)

  before(async () => {
    daemon = await startLibvirtd({ ownNetwork: true })
    client = await connectLibvirt({ socket: daemon.socket, reconnect: false })
    const path = join(daemon.dir, 'pool')
    mkdirSync(path)
    const xml = `<pool type='dir'><name>pool</name><target><path>${path}</path></target></pool>`
    const { pool } = await client.call('storagePoolCreateXml', { xml, flags: 0 })
    const volume = `<volume><name>data.raw</name><capacity>${size}</capacity><target><format type='raw'/></target></volume>`
    vol = (await client.call('storageVolCreateXml', { pool, xml: volume, flags: 0 })).vol
  })

  after(async () => {
    await client?.close()
    await daemon?.stop()
  })

  it('carry what was written, and the same is read back', async () => {
    const upload = await client.callStream('storageVolUpload', { vol, offset: 0n, length: BigInt(size), flags: 0 })
    for (let at = 0; at < size; at += 700_000) await upload.stream.write(data.subarray(at, at + 700_000))
    await upload.stream.finish()
    const download = await client.callStream('storageVolDownload', { vol, offset: 0n, length: BigInt(size), flags: 0 })
    assert.ok((await download.stream.readAll()).equals(data))
  })

  it('share the connection with other calls, and can be left half way', async () => {
    const { stream } = await client.callStream('storageVolDownload', {
      vol,
      offset: 0n,
      length: BigInt(size),
      flags: 0,
    })
    let received = 0
    for await (const chunk of stream) {
      received += chunk.length
      assert.equal(await client.host.getType(), 'QEMU')
      break
    }
    assert.ok(received > 0 && received < size)
    assert.equal(await client.host.getType(), 'QEMU')
  })

  it("end in the daemon's typed error", async () => {
    const absent = { ...vol, name: 'absent', key: '/absent' }
    const call = client.callStream('storageVolDownload', { vol: absent, offset: 0n, length: 0n, flags: 0 })
    await assert.rejects(call, (error) => isLibvirtError(error, 'NO_STORAGE_VOL'))
    const { stream } = await client.callStream('storageVolUpload', { vol, offset: 0n, length: 1024n, flags: 0 })
    await assert.rejects(
      async () => {
        await stream.write(data)
        await stream.finish()
      },
      (error) => isLibvirtError(error) && error.procedure === 'storageVolUpload',
    )
  })

  it('end with the connection', async () => {
    const other = await connectLibvirt({ socket: daemon.socket, reconnect: false })
    const { stream } = await other.callStream('storageVolUpload', { vol, offset: 0n, length: BigInt(size), flags: 0 })
    await stream.write(data.subarray(0, 1000))
    await other.close()
    await assert.rejects(stream.finish(), ConnectionLostError)
  })
})
