import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { measured, until } from '../lab-environment/index.ts'
import { machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { type BareKernels, bareKernels, resultOf } from './bare-kernels.ts'

/** What each of the two does, and says on its serial line. */
const script = `modprobe -a 8021q bridge veth
ip link add cloudbr0 type bridge; ip link set eth0 master cloudbr0; ip link set eth0 up; ip link set cloudbr0 up
act() { echo "RESULT $1 $(/mnt/node --disable-warning=ExperimentalWarning /mnt/program.mjs "\${@:2}" | tail -n 1)"; }
station() { ip netns add $1; ip link add $1 type veth peer name eth0 netns $1; ip link set $1 master $2 up
  ip -n $1 addr add $3/24 dev eth0; ip -n $1 link set eth0 up; }
reach() { echo "PING $1 $(ip netns exec $2 ping -n -c 3 -W 2 "\${@:3}" | grep -o '[0-9] received')"; }
nic() { cat /proc/sys/kernel/random/uuid; }
act first attach i-2-1-VM $(nic) 701 cloudbr0
if [ $1 = m2 ]; then
  act second attach i-2-2-VM $(nic) 702 cloudbr0
  station there breth0-701 10.67.1.102; station apart breth0-702 10.67.1.103; station bare cloudbr0 10.67.1.104
  echo "READY"; sleep 100000
fi
echo "LINK $(ip -d -o link show eth0.701)"
station here breth0-701 10.67.1.101
for try in $(seq 1 100); do ip netns exec here ping -n -c 1 -W 2 10.67.1.102 > /dev/null && break; done
reach same here 10.67.1.102
reach full here -M do -s 1472 10.67.1.102
reach other here 10.67.1.103
reach untagged here 10.67.1.104
ip link set eth0 mtu 1400
act small attach i-2-3-VM $(nic) 703 cloudbr0 1500
ip link set eth0 mtu 1500
ip netns del here
act gone release i-2-1-VM
echo "LEFT $(ls /sys/class/net | tr '\\n' ' ')"
echo "END"; sleep 100000
`

/**
 * VLAN bridges as the agent makes them, on two kernels that have 802.1Q: Debian's, on one wire, without more around them
 * than the agent's code. tests/runbook/vlan-machine.test.ts does the same with whole hosts and guests, in half an hour.
 */
;(machinesAreTested ? describe : () => {})('VLAN bridges of two kernels', { skip: await whyNoMachine() }, () => {
  let kernels: BareKernels | undefined
  const port = 20_000 + (process.pid % 20_000)

  before(async () => {
    const made = await bareKernels('vlanbridges', join(import.meta.dirname, 'segments-on-host.ts'), script)
    kernels = made
    for (const own of [0, 1]) {
      const end = (side: string, at: number): string =>
        `${side}.type=inet,${side}.host=127.0.0.1,${side}.port=${port + at}`
      made.start(`m${own + 1}`, [
        ...['-netdev', `dgram,id=wire,${end('local', own)},${end('remote', 1 - own)}`],
        ...['-device', `virtio-net-pci,netdev=wire,mac=52:54:00:00:07:0${own + 1}`],
      ])
    }
  })
  after(() => kernels?.stop())

  const said = (name: string): string => kernels?.said(name) ?? ''

  test('a VLAN reaches from host to host in full packets, others hear nothing, a small MTU is named', async () => {
    const began = performance.now()
    await until('the first host has done it all', 900_000, () => said('m1').includes('END'), 500)
    measured('VLAN bridges of two kernels', performance.now() - began, 'ms')
    const [one, two] = [said('m1'), said('m2')]
    const why = `${one.slice(-3000)}\n${two.slice(-2000)}`
    assert.equal(resultOf(one, 'first').bridge, 'breth0-701', why)
    assert.equal(resultOf(two, 'second').bridge, 'breth0-702', why)
    assert.match(one, /LINK .*eth0\.701@eth0.* master breth0-701 .*vlan protocol 802\.1Q id 701/, why)
    assert.match(one, /PING same [1-3] received/, why)
    assert.match(one, /PING full [1-3] received/, why)
    assert.match(one, /PING other 0 received/, why)
    assert.match(one, /PING untagged 0 received/, why)
    assert.equal(resultOf(one, 'small').code, 'network.mtu', why)
    assert.match(String(resultOf(one, 'small').message), /vlan:\/\/703 .*1500 are needed, eth0 carries 1400/)
    assert.match(one, /LEFT .*cloudbr0/, why)
    assert.doesNotMatch(/LEFT .*/.exec(one)?.[0] ?? '', /701|703/)
  })
})
