import type { CheckSubject } from './check-subject.ts'
import { redact } from './redact.ts'
import type { RunProgram } from './run-checks.ts'

/** One file of a support bundle: what a program on the host prints. */
type BundlePart = { readonly name: string; readonly args: (subject: CheckSubject) => readonly string[] }

const sh = (script: string, ...args: string[]): readonly string[] => [
  'sh',
  '-c',
  `PATH=$PATH:/usr/sbin:/sbin; ${script}`,
  'bundle',
  ...args,
]

export const bundleParts: readonly BundlePart[] = [
  { name: 'agent.log', args: ({ files }) => ['tail', '-n', '500', `${files.logDir}/agent.log`] },
  { name: 'agent.properties', args: ({ files }) => ['cat', files.config] },
  { name: 'journal-agent.txt', args: () => ['journalctl', '--no-pager', '-n', '200', '-u', 'altostack-agent'] },
  { name: 'journal-libvirtd.txt', args: () => ['journalctl', '--no-pager', '-n', '200', '-u', 'libvirtd'] },
  { name: 'failed-units.txt', args: () => ['systemctl', '--no-pager', '--failed'] },
  { name: 'kernel.txt', args: () => sh('dmesg 2>&1 | tail -n 300') },
  { name: 'system.txt', args: () => sh('cat /etc/os-release; uname -a; uptime; free -m; nproc; date -u') },
  { name: 'storage.txt', args: () => sh('df -hT 2>&1; findmnt -l -o TARGET,SOURCE,FSTYPE,OPTIONS; lsblk 2>&1') },
  { name: 'network.txt', args: () => sh('ip -details address; ip route; ip -6 route; bridge link; bridge vlan 2>&1') },
  { name: 'firewall.txt', args: () => sh('nft list ruleset 2>&1 | head -n 2000') },
  {
    name: 'libvirt.txt',
    args: () =>
      sh(
        'grep -hvE "^ *(#|$)" /etc/libvirt/libvirtd.conf /etc/libvirt/qemu.conf; libvirtd --version; timeout 3 virsh -q -r list --all 2>&1',
      ),
  },
  {
    name: 'network-configuration.txt',
    args: () =>
      sh(
        'for file in /etc/network/interfaces /etc/network/interfaces.d/* /etc/netplan/* /etc/systemd/network/*; do test -f "$file" && echo "== $file" && cat "$file"; done; true',
      ),
  },
]

const partMs = 5000
const partBytes = 300_000

/** Runs the parts side by side; each text without secrets, its end where it is too long. Never throws. */
export async function collectParts(
  subject: CheckSubject,
  run: RunProgram,
): Promise<{ name: string; content: string }[]> {
  return await Promise.all(
    bundleParts.map(async ({ name, args }) => {
      try {
        const { code, stdout, stderr } = await run(args(subject), { timeoutMs: partMs })
        const trouble = code === 0 ? '' : `\n[exit code ${code}] ${stderr}`
        return { name, content: redact(`${stdout}${trouble}`.slice(-partBytes)) }
      } catch (error) {
        return { name, content: `[could not be gathered: ${error instanceof Error ? error.message : String(error)}]` }
      }
    }),
  )
}
