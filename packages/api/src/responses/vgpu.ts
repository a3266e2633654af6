import { defineResponse } from '../define-response.ts'

export const vgpuResponse = defineResponse({
  name: 'VgpuResponse',
  fields: {
    vgputype: { type: 'string', description: 'The vgputype.' },
    videoram: { type: 'long', description: 'The videoram.' },
    maxheads: { type: 'long', description: 'The maxheads.' },
    maxresolutionx: { type: 'long', description: 'The maxresolutionx.' },
    maxresolutiony: { type: 'long', description: 'The maxresolutiony.' },
    maxvgpuperpgpu: { type: 'long', description: 'The maxvgpuperpgpu.' },
    remainingcapacity: { type: 'long', description: 'The remainingcapacity.' },
    maxcapacity: { type: 'long', description: 'The maxcapacity.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
