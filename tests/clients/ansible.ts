import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestServer } from '../../packages/server/src/testing/test-server.ts'
import { moduleMissing, runProgram } from './python.ts'

/** Why Ansible's collection for CloudStack cannot be used here; undefined when it can. */
export function ansibleMissing(): string | undefined {
  const { status } = spawnSync('ansible-doc', ['ngine_io.cloudstack.cs_zone'], { stdio: 'ignore' })
  if (status !== 0) return 'ansible is not installed'
  return moduleMissing('cs', 'python3-cs') ?? moduleMissing('sshpubkeys', 'python3-sshpubkeys')
}

export type Task = {
  readonly name: string
  readonly changed: boolean
  readonly skipped: boolean
  /** Why it failed; undefined when it did not. */
  readonly failed: string | undefined
}

type Outcome = {
  readonly changed?: boolean
  readonly failed?: boolean
  readonly skipped?: boolean
  readonly msg?: string
  readonly assertion?: string
}
type Report = {
  readonly plays: readonly {
    readonly tasks: readonly { readonly task: { readonly name: string }; readonly hosts: Record<string, Outcome> }[]
  }[]
}

/** Runs a playbook of `tests/clients/ansible/` in a process of its own; answers what each task did, in order. */
export async function runPlaybook(
  server: TestServer,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Task[]> {
  const home = mkdtempSync(join(tmpdir(), 'alto-ansible-'))
  try {
    const file = new URL(`ansible/${name}`, import.meta.url).pathname
    const args = ['-i', 'localhost,', '-c', 'local', '-e', JSON.stringify(variables)]
    const end = await runProgram('ansible-playbook', [...args, file], {
      HOME: home,
      ANSIBLE_STDOUT_CALLBACK: 'ansible.posix.json',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_PIPELINING: 'true',
      CLOUDSTACK_ENDPOINT: `${server.url}/client/api`,
      CLOUDSTACK_KEY: server.admin.apiKey,
      CLOUDSTACK_SECRET: server.admin.secretKey,
      CLOUDSTACK_TIMEOUT: '60',
    })
    if (!end.stdout.includes('{'))
      throw new Error(`ansible-playbook ended with ${end.code}: ${end.stderr}${end.stdout}`)
    const report: Report = JSON.parse(end.stdout.slice(end.stdout.indexOf('{')))
    return report.plays.flatMap(({ tasks }) =>
      tasks.map(({ task, hosts }): Task => {
        const outcome = Object.values(hosts)[0] ?? {}
        return {
          name: task.name,
          changed: outcome.changed === true,
          skipped: outcome.skipped === true,
          failed: outcome.failed === true ? `${outcome.msg ?? ''} ${outcome.assertion ?? ''}`.trim() : undefined,
        }
      }),
    )
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
