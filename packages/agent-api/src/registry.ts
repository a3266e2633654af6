import type { ParamsOf, ResultOf } from './define-method.ts'
import { hostCheck } from './methods/host-check.ts'
import { hostCollect } from './methods/host-collect.ts'
import { hostCommonCpu } from './methods/host-common-cpu.ts'
import { hostConfigure } from './methods/host-configure.ts'
import { hostFactsMethod } from './methods/host-facts.ts'
import { hostFence } from './methods/host-fence.ts'
import { hostGuard } from './methods/host-guard.ts'
import { hostReconnect } from './methods/host-reconnect.ts'
import { hostRemove } from './methods/host-remove.ts'
import { hostRepair } from './methods/host-repair.ts'
import { jobPoll } from './methods/job-poll.ts'
import { journalAcknowledge } from './methods/journal-acknowledge.ts'
import { networkApply } from './methods/network-apply.ts'
import { networkPeers } from './methods/network-peers.ts'
import { networkProbe } from './methods/network-probe.ts'
import { networkVerify } from './methods/network-verify.ts'
import { poolAttach } from './methods/pool-attach.ts'
import { poolDetach } from './methods/pool-detach.ts'
import { poolLease } from './methods/pool-lease.ts'
import { poolList } from './methods/pool-list.ts'
import { poolStats } from './methods/pool-stats.ts'
import { reportDomain } from './methods/report-domain.ts'
import { reportDomains } from './methods/report-domains.ts'
import { reportJob } from './methods/report-job.ts'
import { reportPasswordTaken } from './methods/report-password-taken.ts'
import { reportPing } from './methods/report-ping.ts'
import { reportStats } from './methods/report-stats.ts'
import { serverHello } from './methods/server-hello.ts'
import { snapshotRemove } from './methods/snapshot-remove.ts'
import { snapshotTake } from './methods/snapshot-take.ts'
import { snapshotUpload } from './methods/snapshot-upload.ts'
import { templateInstall } from './methods/template-install.ts'
import { templateRemove } from './methods/template-remove.ts'
import { vmAdopt } from './methods/vm-adopt.ts'
import { vmCdrom } from './methods/vm-cdrom.ts'
import { vmConsoleOpen } from './methods/vm-console-open.ts'
import { vmInspect } from './methods/vm-inspect.ts'
import { vmList } from './methods/vm-list.ts'
import { vmMigrationAbort } from './methods/vm-migration-abort.ts'
import { vmMigrationCheck } from './methods/vm-migration-check.ts'
import { vmMigrationPrepare } from './methods/vm-migration-prepare.ts'
import { vmMigrationSettle } from './methods/vm-migration-settle.ts'
import { vmMigrationStart } from './methods/vm-migration-start.ts'
import { vmNics } from './methods/vm-nics.ts'
import { vmReboot } from './methods/vm-reboot.ts'
import { vmRelease } from './methods/vm-release.ts'
import { vmSnapshotCreate } from './methods/vm-snapshot-create.ts'
import { vmSnapshotRemove } from './methods/vm-snapshot-remove.ts'
import { vmSnapshotRevert } from './methods/vm-snapshot-revert.ts'
import { vmStart } from './methods/vm-start.ts'
import { vmStop } from './methods/vm-stop.ts'
import { vmUnmanaged } from './methods/vm-unmanaged.ts'
import { volumeAdopt } from './methods/volume-adopt.ts'
import { volumeAttach } from './methods/volume-attach.ts'
import { volumeCopy } from './methods/volume-copy.ts'
import { volumeCreate } from './methods/volume-create.ts'
import { volumeDetach } from './methods/volume-detach.ts'
import { volumeFetch } from './methods/volume-fetch.ts'
import { volumeMirror } from './methods/volume-mirror.ts'
import { volumeMirrorEnd } from './methods/volume-mirror-end.ts'
import { volumeRelease } from './methods/volume-release.ts'
import { volumeRemove } from './methods/volume-remove.ts'
import { volumeResize } from './methods/volume-resize.ts'
import { volumeStat } from './methods/volume-stat.ts'
import { volumeTune } from './methods/volume-tune.ts'
import { volumeUnmanaged } from './methods/volume-unmanaged.ts'

/** Every method of the host contract by its wire name. */
export const methods = {
  'host.check': hostCheck,
  'host.common-cpu': hostCommonCpu,
  'host.collect': hostCollect,
  'host.configure': hostConfigure,
  'host.facts': hostFactsMethod,
  'host.fence': hostFence,
  'host.guard': hostGuard,
  'host.reconnect': hostReconnect,
  'host.remove': hostRemove,
  'host.repair': hostRepair,
  'job.poll': jobPoll,
  'journal.acknowledge': journalAcknowledge,
  'network.apply': networkApply,
  'network.peers': networkPeers,
  'network.probe': networkProbe,
  'network.verify': networkVerify,
  'pool.attach': poolAttach,
  'pool.detach': poolDetach,
  'pool.lease': poolLease,
  'pool.list': poolList,
  'pool.stats': poolStats,
  'report.domain': reportDomain,
  'report.domains': reportDomains,
  'report.job': reportJob,
  'report.password-taken': reportPasswordTaken,
  'report.ping': reportPing,
  'report.stats': reportStats,
  'server.hello': serverHello,
  'snapshot.remove': snapshotRemove,
  'snapshot.take': snapshotTake,
  'snapshot.upload': snapshotUpload,
  'template.install': templateInstall,
  'template.remove': templateRemove,
  'vm.cdrom': vmCdrom,
  'vm.console.open': vmConsoleOpen,
  'vm.adopt': vmAdopt,
  'vm.inspect': vmInspect,
  'vm.release': vmRelease,
  'vm.unmanaged': vmUnmanaged,
  'vm.list': vmList,
  'vm.migration.abort': vmMigrationAbort,
  'vm.migration.check': vmMigrationCheck,
  'vm.migration.prepare': vmMigrationPrepare,
  'vm.migration.settle': vmMigrationSettle,
  'vm.migration.start': vmMigrationStart,
  'vm.nics': vmNics,
  'vm.reboot': vmReboot,
  'vm.snapshot.create': vmSnapshotCreate,
  'vm.snapshot.remove': vmSnapshotRemove,
  'vm.snapshot.revert': vmSnapshotRevert,
  'vm.start': vmStart,
  'vm.stop': vmStop,
  'volume.adopt': volumeAdopt,
  'volume.release': volumeRelease,
  'volume.unmanaged': volumeUnmanaged,
  'volume.attach': volumeAttach,
  'volume.copy': volumeCopy,
  'volume.create': volumeCreate,
  'volume.detach': volumeDetach,
  'volume.fetch': volumeFetch,
  'volume.mirror': volumeMirror,
  'volume.mirror.end': volumeMirrorEnd,
  'volume.remove': volumeRemove,
  'volume.resize': volumeResize,
  'volume.stat': volumeStat,
  'volume.tune': volumeTune,
} as const

export type MethodName = keyof typeof methods
/** Methods the server calls on an agent. */
export type HostMethodName = {
  [K in MethodName]: (typeof methods)[K]['direction'] extends 'server-to-agent' ? K : never
}[MethodName]
/** Methods an agent calls on the server. */
export type ReportMethodName = Exclude<MethodName, HostMethodName>
export type Params<N extends MethodName> = ParamsOf<(typeof methods)[N]>
export type Result<N extends MethodName> = ResultOf<(typeof methods)[N]>
