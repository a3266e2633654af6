import { hostFailure } from '@altostack/core'
import type { RootExec } from '../remote-root.ts'
import { type BridgePlan, NoBridgePlan, planBridge } from './bridge-plan.ts'
import { readNetwork } from './read-network.ts'

const directory = '/var/lib/altostack/bridge'
const timer = 'altostack-bridge-rollback'

/** What Linux takes as the name of an interface, and a shell as a word. Throws host.bridge. */
export function requireInterfaceName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)) return name
  throw hostFailure('host.bridge', `${name} is no name of an interface`)
}

export type LookedAt = { readonly plan: BridgePlan | undefined; readonly addresses: readonly string[] }

/** What would be done; undefined when the NIC is the bridge's port already. Throws host.bridge with the reason. */
export async function lookForBridge(asRoot: RootExec, nic: string, bridge: string): Promise<LookedAt> {
  const { nic: seen, facts, backendSeen } = await readNetwork(asRoot, nic)
  if (!seen.exists)
    throw hostFailure('host.bridge', `The host has no NIC ${nic}`, { fix: 'ip -brief link shows them.' })
  if (seen.isBridgePortOf === bridge) return { plan: undefined, addresses: seen.addresses }
  if (seen.isBridgePortOf !== undefined) {
    throw hostFailure('host.bridge', `${nic} is a port of ${seen.isBridgePortOf}`, {
      fix: `Set the zone's traffic label to ${seen.isBridgePortOf}, or take ${nic} out of it first.`,
    })
  }
  if (seen.wireless) {
    throw hostFailure('host.bridge', `${nic} is a wireless NIC: it cannot be a port of a bridge`, {
      fix: 'Use a wired one.',
    })
  }
  if (seen.bridges.includes(bridge)) {
    throw hostFailure('host.bridge', `${bridge} exists, without ${nic}`, {
      fix: `ip link set ${nic} master ${bridge}, and in the configuration; or name another bridge.`,
    })
  }
  if (facts === undefined) {
    throw hostFailure(
      'host.bridge',
      `Nothing known configures ${nic}: neither netplan, NetworkManager, systemd-networkd nor ifupdown`,
      {
        seen: `backend ${backendSeen}`,
        fix: `Describe ${nic} in /etc/network/interfaces (apt-get install ifupdown bridge-utils), or make the bridge by hand.`,
      },
    )
  }
  try {
    return { plan: await planBridge(facts, bridge), addresses: seen.addresses }
  } catch (error) {
    if (!(error instanceof NoBridgePlan)) throw error
    throw hostFailure(
      'host.bridge',
      `The configuration of ${nic} (${facts.backend}) cannot be changed: ${error.message}`,
    )
  }
}

/** Puts the old files back and lets the old network come up; run by the timer, or by hand. */
function restoreScript(plan: BridgePlan, key: string): string {
  const here = `${directory}/${key}`
  return [
    '#!/bin/sh',
    `# Takes back what alto host bridge did to ${plan.nic}.`,
    `PATH=/usr/sbin:/usr/bin:/sbin:/bin; cd ${here} || exit 1`,
    ...plan.down.map((line) => `${line} || true`),
    ...plan.files.flatMap(({ path }, at) => [
      `if test -e before.${at}; then cp -p before.${at} ${quote(path)}; else rm -f ${quote(path)}; fi`,
    ]),
    ...plan.up.map((line) => `${line} || true`),
    'touch restored',
    '',
  ].join('\n')
}

function applyScript(plan: BridgePlan, key: string): string {
  const here = `${directory}/${key}`
  return [
    '#!/bin/sh',
    `PATH=/usr/sbin:/usr/bin:/sbin:/bin; cd ${here} || exit 1; exec > apply.log 2>&1; set -x`,
    // The answer to who asked for this goes out first.
    'sleep 1',
    ...plan.files.map(({ path }, at) => `install -D -m ${plan.files[at]?.mode} after.${at} ${quote(path)}`),
    ...plan.apply.map((line) => `${line} || true`),
    '',
  ].join('\n')
}

const prepare = [
  'umask 077; mkdir -p "$1" && cd "$1" || exit 1; shift',
  'at=0; for path in "$@"; do rm -f "before.$at"; test ! -e "$path" || cp -p "$path" "before.$at" || exit 1; at=$((at + 1)); done',
].join('\n')
const write = 'umask 077; cat > "$1"'
/** The timer runs before anything is changed. A run that is repeated finds that it was begun. */
const start = [
  'cd "$1" || exit 1; test -e begun && exit 0',
  `systemctl stop ${timer}.timer ${timer}.service 2>/dev/null; systemctl reset-failed ${timer}.service 2>/dev/null`,
  `systemd-run --quiet --unit=${timer} --on-active="$2" --timer-property=AccuracySec=1s /bin/sh "$1/restore.sh" || exit 1`,
  'touch begun; sync',
  'systemd-run --quiet --collect --no-block /bin/sh "$1/apply.sh"',
].join('\n')

/** Keeps the old files, sets the timer that takes everything back, then lets the host change its network by itself. */
export async function armBridge(
  asRoot: RootExec,
  plan: BridgePlan,
  key: string,
  rollbackSeconds: number,
): Promise<void> {
  const here = `${directory}/${key}`
  const must = async (args: readonly string[], input?: string): Promise<void> => {
    const end = await asRoot(args, input === undefined ? {} : { input })
    if (end.code === 0) return
    throw hostFailure('host.bridge', 'The bridge could not be prepared; nothing was changed', {
      seen: `${args[0]}: ${`${end.stderr} ${end.stdout}`.trim().slice(0, 300)}`,
    })
  }
  if ((await asRoot(['test', '-e', `${here}/begun`])).code === 0) return
  await must(['sh', '-c', prepare, 'prepare', here, ...plan.files.map(({ path }) => path)])
  for (const [at, { content }] of plan.files.entries())
    await must(['sh', '-c', write, 'write', `${here}/after.${at}`], content)
  await must(['sh', '-c', write, 'write', `${here}/restore.sh`], restoreScript(plan, key))
  await must(['sh', '-c', write, 'write', `${here}/apply.sh`], applyScript(plan, key))
  await must(['sh', '-c', start, 'start', here, `${rollbackSeconds}s`])
}

const settled = [
  'PATH=$PATH:/usr/sbin:/sbin; test "$(basename "$(readlink "/sys/class/net/$1/master")")" = "$2" || exit 1; shift',
  'bridge=$1; shift; for address in "$@"; do ip -o address show dev "$bridge" | grep -qF " $address " || exit 1; done',
].join('\n')

/**
 * Whether the bridge is as it shall be (the caller came in over it): then the timer is stopped, and the host keeps it.
 * `addresses`: those that the NIC had.
 */
export async function confirmBridge(
  asRoot: RootExec,
  plan: BridgePlan,
  addresses: readonly string[],
): Promise<boolean> {
  const there = await asRoot(['sh', '-c', settled, 'settled', plan.nic, plan.bridge, ...addresses])
  if (there.code !== 0) return false
  const stopped = await asRoot(['systemctl', 'stop', `${timer}.timer`])
  return stopped.code === 0
}

/** Takes it back now instead of by the timer. */
export async function restoreBridge(asRoot: RootExec, key: string): Promise<void> {
  const here = `${directory}/${key}`
  await asRoot([
    'sh',
    '-c',
    `test -e "$1/begun" || exit 0; test -e "$1/restored" || systemd-run --quiet --collect --no-block /bin/sh "$1/restore.sh"`,
    'restore',
    here,
  ])
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
