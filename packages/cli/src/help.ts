import { delegates } from './delegates.ts'

export function helpText(): string {
  const own: [string, string][] = [
    ['up', 'from nothing to a running guest on this machine; run again to resume'],
    ['down [--purge]', 'stops what up started; --purge erases it'],
    ['join-token', 'makes a one-time token with which a host joins a cluster'],
    ['why host|vm|job|pool NAME', 'why it is as it is: moves of its state, what was seen, what to do (--at TIME)'],
    ['ssh-key', "prints the server's public SSH key, for hosts that addHost shall reach by key"],
    [
      'doctor [HOST…] [--fix] [--bundle FILE]',
      'every check of a host with what was seen and what to do; --fix heals the safe ones',
    ],
    [
      'host bridge HOST --nic NIC',
      'makes the bridge, moves the address, and takes it back when the host is lost by it',
    ],
    ['host harden HOST [--undo]', 'closes consoles, libvirt and migrations to strangers'],
    ['host repairs | restore ID', 'what doctor changed; takes a repair back'],
    ['COMMAND [name=value…]', 'any API command, e.g. alto listHosts state=Up'],
    ...Object.entries(delegates).map(([word, { does }]): [string, string] => [word, does]),
  ]
  const width = Math.max(...own.map(([word]) => word.length))
  return [
    'alto: CloudStack-compatible orchestration from one command\n',
    ...own.map(([word, does]) => `  ${word.padEnd(width)}  ${does}`),
    '',
    'Options of up and down: --data-dir DIR  --port N  --yes  --json  --simulator --hosts N  (alto up --help)',
    '',
  ].join('\n')
}
