import { join } from 'node:path'

/** Where the agent keeps what it keeps. All of it moves with `root`, so that several agents run on one machine. */
export type Paths = {
  readonly config: string
  readonly stateDir: string
  readonly log: string
  /** Certificate, key and CA of this host, under the names that operators know. */
  readonly certificate: string
  readonly key: string
  readonly ca: string
  /** Serial consoles of guests. */
  readonly guestLogDir: string
  /** What libvirt says of each guest. */
  readonly qemuLogDir: string
  /** Where libvirt and QEMU look for TLS certificates. */
  readonly pkiDir: string
  readonly libvirtdConf: string
  readonly database: string
  readonly dhcpDir: string
  /** Config drives of the guests here, where CloudStack's host cache has them. */
  readonly configDriveDir: string
}

export type PathOptions = {
  readonly root?: string | undefined
  readonly config?: string | undefined
  readonly stateDir?: string | undefined
  readonly log?: string | undefined
}

/** Debian's places, each moved by its option or all by `root`. */
export function agentPaths(options: PathOptions = {}): Paths {
  const root = options.root ?? '/'
  const config = options.config ?? join(root, 'etc/cloudstack/agent/agent.properties')
  const stateDir = options.stateDir ?? join(root, 'var/lib/altostack/agent')
  const configDir = join(config, '..')
  return {
    config,
    stateDir,
    log: options.log ?? join(root, 'var/log/cloudstack/agent/agent.log'),
    certificate: join(configDir, 'cloud.crt'),
    key: join(configDir, 'cloud.key'),
    ca: join(configDir, 'cloud.ca.crt'),
    guestLogDir: join(root, 'var/log/libvirt/qemu'),
    qemuLogDir: join(root, 'var/log/libvirt/qemu'),
    pkiDir: join(root, 'etc/pki'),
    libvirtdConf: join(root, 'etc/libvirt/libvirtd.conf'),
    database: join(stateDir, 'agent.db'),
    dhcpDir: join(stateDir, 'dhcp'),
    configDriveDir: join(root, 'var/cache/cloud/configdrive'),
  }
}
