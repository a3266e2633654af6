import assert from 'node:assert/strict'
import { test } from 'node:test'
import { libvirtdTlsSettings } from './libvirt-tls.ts'
import { setConfLines } from './libvirtd-conf.ts'

test('commented defaults gain a line below, active lines are replaced, the rest stays; twice is once', () => {
  const before = '# comment\n#listen_tls = 0\n\nlisten_tcp = 1\n listen_tcp=1\nunix_sock_group = "libvirt"\n'
  const after = setConfLines(before, { listen_tls: '1', listen_tcp: '0', auth_tls: '"none"' })
  assert.equal(
    after,
    '# comment\n#listen_tls = 0\nlisten_tls = 1\n\nlisten_tcp = 0\nunix_sock_group = "libvirt"\nauth_tls = "none"\n',
  )
  assert.equal(setConfLines(after, { listen_tls: '1', listen_tcp: '0', auth_tls: '"none"' }), after)
  assert.equal(libvirtdTlsSettings.listen_tcp, '0')
})
