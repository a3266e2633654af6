import { defineResponse } from '../define-response.ts'
import { vgpuResponse } from './vgpu.ts'

export const gpuResponse = defineResponse({
  name: 'GpuResponse',
  fields: {
    gpugroupname: { type: 'string', description: 'The gpugroupname.' },
    vgpu: { type: 'list', of: vgpuResponse, description: 'The vgpu.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
