/** Groups of virtual machines: the door of the area. */
export { ensureInstanceGroup } from './instance-group.repository.ts'
