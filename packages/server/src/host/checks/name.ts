import { failed, type HostCheck, passed } from './host-check.ts'

const limitMs = 1000
const fix = 'Write the name and the address into /etc/hosts of the host.'

/** Prints the name, then milliseconds and outcome of looking it up. */
const script = [
  'name=$(hostname)',
  'began=$(date +%s%N)',
  'found=$(timeout 5 getent ahosts "$name"); code=$?',
  'ended=$(date +%s%N)',
  'echo "$name"; echo $(( (ended - began) / 1000000 )); echo $code; echo "$found"',
].join('\n')

export const nameCheck: HostCheck = {
  name: 'name',
  args: () => ['sh', '-c', script],
  judge(end) {
    const [name = '', took = '', code = '', found = ''] = end.stdout.split('\n')
    const ms = Number(took)
    if (name === '' || !Number.isFinite(ms)) {
      return failed('name', 'host.check-unreadable', `${end.stdout} ${end.stderr}`.trim().slice(0, 300), fix)
    }
    const address = found.split(' ')[0] ?? ''
    if (code !== '0') return failed('name', 'check.name', `${name} does not resolve (after ${ms} ms)`, fix)
    const seen = `${name} is ${address} after ${ms} ms`
    return ms < limitMs ? passed('name', seen) : failed('name', 'check.name', seen, fix)
  },
}
