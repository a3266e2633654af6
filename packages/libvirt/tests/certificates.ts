import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Identity {
  readonly certFile: string
  readonly keyFile: string
}

export interface Certificates {
  readonly ca: Identity
  readonly server: Identity
  readonly client: Identity
  /** A client of another CA. */
  readonly stranger: Identity
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function makeCa(dir: string, name: string): Identity {
  const ca = { certFile: join(dir, `${name}.pem`), keyFile: join(dir, `${name}.key`) }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', ca.keyFile]
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  // req adds a basicConstraints of its own from the machine's configuration file; an empty one says nothing.
  const config = join(dir, 'empty.cnf')
  writeFileSync(config, '[req]\ndistinguished_name = dn\n[dn]\n')
  openssl([
    'req',
    '-x509',
    '-config',
    config,
    ...key,
    '-subj',
    `/CN=${name}`,
    '-days',
    '2',
    ...extensions,
    '-out',
    ca.certFile,
  ])
  return ca
}

function makeLeaf(dir: string, name: string, ca: Identity, extensions: readonly string[]): Identity {
  const leaf = { certFile: join(dir, `${name}.pem`), keyFile: join(dir, `${name}.key`) }
  const request = join(dir, `${name}.csr`)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', leaf.keyFile]
  openssl(['req', '-new', '-config', join(dir, 'empty.cnf'), ...key, '-subj', `/CN=${name}`, '-out', request])
  const file = join(dir, `${name}.ext`)
  writeFileSync(
    file,
    [
      'basicConstraints=critical,CA:FALSE',
      'keyUsage=critical,digitalSignature,keyEncipherment',
      ...extensions,
      '',
    ].join('\n'),
  )
  const signer = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-CAcreateserial']
  openssl(['x509', '-req', '-in', request, ...signer, '-days', '2', '-extfile', file, '-out', leaf.certFile])
  return leaf
}

/** A CA with a server for 127.0.0.1 and a client, and a client of another CA. */
export function makeCertificates(dir: string): Certificates {
  const ca = makeCa(dir, 'ca')
  const other = makeCa(dir, 'other-ca')
  const client = ['extendedKeyUsage=clientAuth']
  return {
    ca,
    server: makeLeaf(dir, 'server', ca, ['extendedKeyUsage=serverAuth', 'subjectAltName=IP:127.0.0.1,DNS:localhost']),
    client: makeLeaf(dir, 'client', ca, client),
    stranger: makeLeaf(dir, 'stranger', other, client),
  }
}
