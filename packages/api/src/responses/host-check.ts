import { defineResponse } from '../define-response.ts'

/** One check as it came out. */
export const hostCheckResultResponse = defineResponse({
  name: 'HostCheckResultResponse',
  fields: {
    name: { type: 'string', description: 'Name of the check.' },
    status: { type: 'string', description: 'ok, warn or fail.' },
    code: { type: 'string', description: 'Stable code, when it is not ok.' },
    seen: { type: 'string', description: 'What was seen.' },
    fix: { type: 'string', description: 'What to do, when it is not ok.' },
    seenby: { type: 'string', description: 'Who saw it: server, agent or ssh.' },
    repair: { type: 'string', description: 'The repair that may heal it (repairHost), when it is not ok.' },
  },
})

export const hostDiagnosisResponse = defineResponse({
  name: 'HostDiagnosisResponse',
  fields: {
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    hoststate: { type: 'string', description: 'Status of the host: Up, Alert and so on.' },
    status: { type: 'string', description: 'The worst of the checks: ok, warn or fail.' },
    check: { type: 'list', of: hostCheckResultResponse, description: 'The checks, what explains the most first.' },
    milliseconds: { type: 'long', description: 'How long the look took.' },
  },
})

/** One check as it is declared. */
export const hostCheckResponse = defineResponse({
  name: 'HostCheckResponse',
  fields: {
    name: { type: 'string', description: 'Name of the check.' },
    description: { type: 'string', description: 'What is right when it is ok.' },
    code: { type: 'string', description: 'Stable code of its failure.' },
    fix: { type: 'string', description: 'What to do when it fails.' },
    seenby: {
      type: 'string',
      description: 'server, or host: by the agent, and by SSH when the agent is dead.',
    },
    atjoin: { type: 'boolean', description: 'addHost makes it, also under dryrun.' },
    atdoctor: { type: 'boolean', description: 'diagnoseHost makes it.' },
    repair: { type: 'string', description: 'The repair that may heal it.' },
    repairdescription: { type: 'string', description: 'What the repair does.' },
    safe: { type: 'boolean', description: 'repairHost makes the repair without being asked for it by name.' },
    restorable: { type: 'boolean', description: 'restoreHostRepair can take the repair back.' },
  },
})
