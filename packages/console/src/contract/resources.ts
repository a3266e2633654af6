import type { Command, Field, Parameter } from './contract-types.ts'
import { labelOf } from './labels.ts'
import { type Group, type ResourceHint, resourceHints, withoutPage } from './resource-table.ts'

/** A kind of object that this caller may list: hints where there are any, the rest from the contract. */
export type Resource = ResourceHint & {
  readonly command: Command
  /** Fields of the answer, without those that only repeat an id. */
  readonly fields: readonly Field[]
  readonly titleField: string
}

export function resourcesOf(commands: ReadonlyMap<string, Command>): readonly Resource[] {
  const known = resourceHints.flatMap((hint) => {
    const command = commands.get(hint.list)
    return command ? [resourceOf(hint, command)] : []
  })
  const named = new Set(resourceHints.map((hint) => hint.list))
  const unknown = [...commands.values()]
    .filter(
      (command) =>
        command.kind === 'list' &&
        !named.has(command.name) &&
        !withoutPage.has(command.name) &&
        !figures.test(command.name),
    )
    .filter((command) => !command.params.some((param) => param.required))
    .map((command) => resourceOf(guess(command), command))
  return [...known, ...unknown]
}

function resourceOf(hint: ResourceHint, command: Command): Resource {
  const has = new Set(command.response.map((field) => field.name))
  const columns = hint.columns.filter((name) => has.has(name))
  const titleField =
    hint.title ?? ['name', 'displayname', 'username', 'description', 'id'].find((name) => has.has(name)) ?? 'id'
  return { ...hint, columns, command, fields: command.response, titleField }
}

/** Objects that have a page already, with figures that the page shows as charts. */
const figures = /(?:Metrics|UsageHistory)$/

/** Where something belongs that nobody has placed, by the words of its name. */
const belonging: readonly (readonly [Group, RegExp])[] = [
  ['identity', /Account|User|Role|Domain|Project|Quota/],
  ['network', /Network|Vlan|VLAN|ACL|Acl|IpForward|LoadBalancer|Router|Nic|VPC|Vpc|Firewall|Vpn|Bgp/],
  ['storage', /Volume|Snapshot|Storage|Image|Disk|Backup/],
  ['infrastructure', /Host|Cluster|Pod|Zone|Hypervisor/],
  ['operation', /Event|Alert|Job|Configuration|Usage|Certificate/],
  ['compute', /VirtualMachine|Vm|VM|Template|Iso|Offering|Instance/],
]
const split = (text: string): string =>
  text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z](?!s(?:[A-Z]|$))[a-z])/g, '$1 $2')

const preferred = ['name', 'state', 'status', 'type', 'ipaddress', 'description', 'account', 'zonename', 'created']

/** `listBackupOfferings` → path backup-offerings, entity BackupOffering. */
function guess(command: Command): ResourceHint {
  const plural = command.name.replace(/^list/, '')
  const entity = plural
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/(?<!s)s$/, '')
  const path = split(plural).replaceAll(' ', '-').toLowerCase()
  const names = command.response.map((field) => field.name)
  const some = preferred.filter((name) => names.includes(name))
  const columns = some.length > 0 ? some : names.filter((name) => name !== 'id').slice(0, 6)
  const words = (text: string): string =>
    split(text)
      .split(' ')
      .map((word) => (/^[A-Z]{2,}s?$/.test(word) ? word : word.toLowerCase()))
      .join(' ')
  return {
    list: command.name,
    path,
    entity,
    group: belonging.find(([, words]) => words.test(plural))?.[0] ?? 'more',
    icon: 'box',
    columns,
    words: [words(entity), words(plural)],
  }
}

/** The text that stands for an object. */
export function titleOf(resource: Pick<Resource, 'titleField'>, row: Readonly<Record<string, unknown>>): string {
  const text = row[resource.titleField] ?? row.displayname ?? row.name ?? row.id
  return text === undefined || text === '' ? String(row.id ?? '') : String(text)
}

/** What names the object to the API; empty where nothing does. */
export function idOf(resource: Pick<Resource, 'idField'>, row: Readonly<Record<string, unknown>>): string {
  return String(row[resource.idField ?? 'id'] ?? '')
}

export type ActionRole = 'create' | 'update' | 'delete' | 'act'
/** A command that makes, changes or acts on objects of a resource. */
export type Action = {
  readonly command: Command
  readonly role: ActionRole
  /** The parameter that names the object; undefined for those that make one. */
  readonly subject: Parameter | undefined
  /** Without the object's own words: "Start", "Stop", "Update". */
  readonly label: string
  readonly dangerous: boolean
}

const making = /^(?:add|create|register|deploy|upload|import)(?=[A-Z])/
const dangerous = /^(?:delete|destroy|expunge|remove|force|reset|purge)(?=[A-Z])/

/** The commands of the contract that make or change objects of this kind. */
export function actionsOf(resource: Resource, commands: ReadonlyMap<string, Command>): readonly Action[] {
  const actions: Action[] = []
  for (const command of commands.values()) {
    if (command.httprequesttype === 'GET' || ofTwin[resource.entity]?.test(command.name)) continue
    const subject = subjectOf(command, resource)
    const makes = making.test(command.name) && command.related.split(',').includes(resource.list)
    if (!subject && !makes) continue
    const role: ActionRole = !subject
      ? 'create'
      : /^update/.test(command.name)
        ? 'update'
        : /^(?:delete|destroy|expunge)/.test(command.name)
          ? 'delete'
          : 'act'
    actions.push({
      command,
      role,
      subject,
      label: actionLabel(command.name, resource, !subject),
      dangerous: dangerous.test(command.name),
    })
  }
  const order: readonly ActionRole[] = ['create', 'act', 'update', 'delete']
  return actions.sort(
    (a, b) => order.indexOf(a.role) - order.indexOf(b.role) || rank(a) - rank(b) || a.label.localeCompare(b.label),
  )
}

/** ISOs and templates share their ids, so commands of the one take the other's: each page offers those of its own name. */
const ofTwin: Readonly<Record<string, RegExp>> = { Template: /Iso/, Iso: /Template/ }

/** What is done most stands first. */
const usual = ['start', 'stop', 'reboot', 'migrate', 'prepareHost', 'cancelHost', 'reconnect', 'enable', 'disable']
function rank({ command }: Action): number {
  // What is done in another way, as migrateVirtualMachineWithVolume, stands behind.
  const found = usual.findIndex((verb) => command.name.startsWith(verb) && !/With[A-Z]/.test(command.name))
  return found === -1 ? usual.length : found
}

/** States in which a command has something to do, where that is plain; the server has the last word. */
const sensible: Readonly<Record<string, readonly string[]>> = {
  startVirtualMachine: ['Stopped'],
  stopVirtualMachine: ['Running', 'Stopping'],
  rebootVirtualMachine: ['Running'],
  migrateVirtualMachine: ['Running'],
  migrateVirtualMachineWithVolume: ['Running'],
  recoverVirtualMachine: ['Destroyed'],
  expungeVirtualMachine: ['Destroyed'],
  prepareHostForMaintenance: ['Enabled'],
  cancelHostMaintenance: [
    'Maintenance',
    'PrepareForMaintenance',
    'PrepareForMaintenanceWithErrors',
    'ErrorInMaintenance',
    'ErrorInPrepareForMaintenance',
  ],
  cancelHostAsDegraded: ['Degraded'],
  destroyVirtualMachine: ['Running', 'Stopped', 'Error'],
}
export function isSensible({ command }: Action, row: Readonly<Record<string, unknown>>): boolean {
  const states = sensible[command.name]
  return states === undefined || states.includes(String(row.resourcestate ?? row.state))
}

/** The required parameter that names an object of this kind: `id`, or the only one that does. */
function subjectOf(command: Command, resource: Resource): Parameter | undefined {
  // A setting is named by its name, which no list command's id is.
  if (resource.idField !== undefined && command.related.split(',').includes(resource.list))
    return command.params.find((param) => param.name === resource.idField)
  const naming = command.params.filter(
    (param) => param.unsupported === undefined && (param.related ?? '').split(',').includes(resource.list),
  )
  const id = naming.find((param) => param.name === 'id')
  if (id) return id
  // addNicToVirtualMachine acts on a machine; createPod takes a zone and does not act on it.
  if (making.test(command.name) && !new RegExp(`(?:To|For|On)${resource.entity}$`).test(command.name)) return undefined
  const required = naming.filter((param) => param.required)
  return required.length === 1 && isMain(required[0] as Parameter, resource) ? required[0] : undefined
}

/** `virtualmachineid` names a virtual machine; the `roleid` of a role's permission does not make that an act on the role. */
function isMain(param: Parameter, resource: Resource): boolean {
  return param.name === `${resource.entity.toLowerCase()}id`
}

/** `startVirtualMachine` → "Start" on a virtual machine's page; what makes one keeps the words: "Add host". */
function actionLabel(command: string, resource: Resource, makes: boolean): string {
  const words = command.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  const own = resource.entity.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  const verb = words.replace(` ${own}`, '').replace(` ${resource.words[0].toLowerCase()}`, '')
  if (!makes) return labelOf(verb.trim() === '' ? words : verb.replace(/ (?:from|for|to|of|in|on)$/, ''))
  return verb === words ? labelOf(words) : `${labelOf(verb)} ${resource.words[0]}`
}
