import { defineCheck, linesOf, ok, shell, warn } from './define-check.ts'

/** Services that a KVM host of ours does not need, and what they open. */
export const unneededServices: Readonly<Record<string, string>> = {
  'apache2.service': 'web server',
  'avahi-daemon.service': 'announces the host (mDNS)',
  'bluetooth.service': 'Bluetooth',
  'cups.service': 'printing',
  'cups-browsed.service': 'printing',
  'dnsmasq.service': 'DNS and DHCP of its own: answers guests',
  'exim4.service': 'mail server',
  'isc-dhcp-server.service': 'DHCP of its own: answers guests',
  'ModemManager.service': 'modems',
  'nginx.service': 'web server',
  'nmbd.service': 'Windows shares',
  'postfix.service': 'mail server',
  'proftpd.service': 'FTP',
  'rpcbind.service': 'portmapper; NFS 4 needs none',
  'smbd.service': 'Windows shares',
  'snmpd.service': 'SNMP',
  'telnet.socket': 'telnet',
  'vsftpd.service': 'FTP',
  'xinetd.service': 'old network services',
}

const script =
  'systemctl list-units --type=service,socket --state=running,listening --no-legend --plain 2>/dev/null | cut -d" " -f1'

/** The running units of which the host has no need. */
export function unneededOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((unit) => Object.hasOwn(unneededServices, unit))
}

export const servicesCheck = defineCheck({
  name: 'services',
  proves: 'No service runs that a KVM host does not need.',
  code: 'check.services',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'services',
  args: () => shell(script),
  judge(end) {
    const found = unneededOf(end.stdout)
    if (found.length === 0) return ok(`${linesOf(end).length} services, none of them unneeded`)
    return warn(found.map((unit) => `${unit} (${unneededServices[unit]})`).join(', '))
  },
})
