import { createZoneFile } from './zone-file.ts'
import { createWorld } from './world.ts'
const z=await createZoneFile(3,10)
for (let i=0;i<5;i++){ const w=await createWorld({seed:1,zoneFile:z}); w.close() }
import inspector from 'node:inspector'; import {writeFileSync} from 'node:fs'
const s=new inspector.Session(); s.connect(); const post=(m,p={})=>new Promise((r,j)=>s.post(m,p,(e,v)=>e?j(e):r(v)))
await post('Profiler.enable'); await post('Profiler.setSamplingInterval',{interval:200}); await post('Profiler.start')
for (let i=0;i<120;i++){ const w=await createWorld({seed:1,zoneFile:z}); w.close() }
const {profile}=await post('Profiler.stop'); writeFileSync('/tmp/create.cpuprofile',JSON.stringify(profile))
await z.remove(); process.exit(0)
