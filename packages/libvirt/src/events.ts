import { DomainEventID } from './generated/enums.ts'
import type { EventMessages } from './generated/procedures.ts'

/** Every event about a domain: the number to register with and the message that carries it. */
export const domainEvents = {
  lifecycle: { id: DomainEventID.LIFECYCLE, message: 'domainEventCallbackLifecycle' },
  reboot: { id: DomainEventID.REBOOT, message: 'domainEventCallbackReboot' },
  rtcChange: { id: DomainEventID.RTC_CHANGE, message: 'domainEventCallbackRtcChange' },
  watchdog: { id: DomainEventID.WATCHDOG, message: 'domainEventCallbackWatchdog' },
  ioError: { id: DomainEventID.IO_ERROR, message: 'domainEventCallbackIoError' },
  graphics: { id: DomainEventID.GRAPHICS, message: 'domainEventCallbackGraphics' },
  ioErrorReason: { id: DomainEventID.IO_ERROR_REASON, message: 'domainEventCallbackIoErrorReason' },
  controlError: { id: DomainEventID.CONTROL_ERROR, message: 'domainEventCallbackControlError' },
  blockJob: { id: DomainEventID.BLOCK_JOB, message: 'domainEventCallbackBlockJob' },
  diskChange: { id: DomainEventID.DISK_CHANGE, message: 'domainEventCallbackDiskChange' },
  trayChange: { id: DomainEventID.TRAY_CHANGE, message: 'domainEventCallbackTrayChange' },
  pmWakeup: { id: DomainEventID.PMWAKEUP, message: 'domainEventCallbackPmwakeup' },
  pmSuspend: { id: DomainEventID.PMSUSPEND, message: 'domainEventCallbackPmsuspend' },
  balloonChange: { id: DomainEventID.BALLOON_CHANGE, message: 'domainEventCallbackBalloonChange' },
  pmSuspendDisk: { id: DomainEventID.PMSUSPEND_DISK, message: 'domainEventCallbackPmsuspendDisk' },
  deviceRemoved: { id: DomainEventID.DEVICE_REMOVED, message: 'domainEventCallbackDeviceRemoved' },
  blockJob2: { id: DomainEventID.BLOCK_JOB_2, message: 'domainEventBlockJob2' },
  tunable: { id: DomainEventID.TUNABLE, message: 'domainEventCallbackTunable' },
  agentLifecycle: { id: DomainEventID.AGENT_LIFECYCLE, message: 'domainEventCallbackAgentLifecycle' },
  deviceAdded: { id: DomainEventID.DEVICE_ADDED, message: 'domainEventCallbackDeviceAdded' },
  migrationIteration: { id: DomainEventID.MIGRATION_ITERATION, message: 'domainEventCallbackMigrationIteration' },
  jobCompleted: { id: DomainEventID.JOB_COMPLETED, message: 'domainEventCallbackJobCompleted' },
  deviceRemovalFailed: { id: DomainEventID.DEVICE_REMOVAL_FAILED, message: 'domainEventCallbackDeviceRemovalFailed' },
  metadataChange: { id: DomainEventID.METADATA_CHANGE, message: 'domainEventCallbackMetadataChange' },
  blockThreshold: { id: DomainEventID.BLOCK_THRESHOLD, message: 'domainEventBlockThreshold' },
  memoryFailure: { id: DomainEventID.MEMORY_FAILURE, message: 'domainEventMemoryFailure' },
  memoryDeviceSizeChange: {
    id: DomainEventID.MEMORY_DEVICE_SIZE_CHANGE,
    message: 'domainEventMemoryDeviceSizeChange',
  },
} as const satisfies Record<string, { id: number; message: keyof EventMessages }>

export type DomainEventName = keyof typeof domainEvents

/** Older events nest their fields in `msg`; to a handler all look alike. */
type Flat<M> = M extends { msg: infer Inner } ? Omit<M, 'msg' | 'callbackID'> & Inner : Omit<M, 'callbackID'>

/** What a handler of the event gets: `dom` and the event's own fields, 64-bit numbers as bigint. */
export type DomainEvent<N extends DomainEventName> = Flat<EventMessages[(typeof domainEvents)[N]['message']]>

/** Takes the registration's number off a message and lifts nested fields. */
export function flattenEvent(message: object): { callbackID: number; event: object } | undefined {
  const { callbackID, msg, ...rest } = message as { callbackID?: number; msg?: object }
  return callbackID === undefined ? undefined : { callbackID, event: { ...rest, ...msg } }
}
