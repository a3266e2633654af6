import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificates } from '../../libvirt/tests/certificates.ts'
import { type AgentHost, startAgentHost, type TestAuthority } from './agent-host.ts'

/** Two agents over two libvirtd that reach each other by TLS, with certificates where libvirt and QEMU look. */
export async function startTlsPair(
  dir: string,
  authority?: TestAuthority,
): Promise<{ readonly source: AgentHost; readonly target: AgentHost }> {
  const certificates = makeCertificates(dir)
  const pki = join(dir, 'pki')
  mkdirSync(pki)
  const copy = (from: string, ...names: string[]): void => {
    for (const name of names) copyFileSync(from, join(pki, name))
  }
  copy(certificates.ca.certFile, 'cacert.pem', 'ca-cert.pem')
  copy(certificates.client.certFile, 'clientcert.pem', 'client-cert.pem')
  copy(certificates.client.keyFile, 'clientkey.pem', 'client-key.pem')
  copy(certificates.server.certFile, 'servercert.pem', 'server-cert.pem')
  copy(certificates.server.keyFile, 'serverkey.pem', 'server-key.pem')
  const qemu = [`migrate_tls_x509_cert_dir = "${pki}"`]
  const poolPath = join(dir, 'pool')
  mkdirSync(poolPath, { recursive: true })
  const common = { qemu, poolPath, ...(authority === undefined ? {} : { authority }) }
  const source = await startAgentHost({ daemon: { certificates, hostname: 'alto-source' }, ...common })
  const target = await startAgentHost({ daemon: { certificates, hostname: 'alto-target' }, ...common })
  target.pool.uuid = source.pool.uuid
  target.agent.context.settings.set({
    'alto.migration.uri': `qemu+tls://127.0.0.1:${target.daemon.tlsPort}/system?pkipath=${pki}`,
    'alto.migration.address': '127.0.0.1',
  })
  return { source, target }
}
