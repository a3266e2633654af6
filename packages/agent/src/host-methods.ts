import type { HostMethods } from './journal/host-method.ts'
import { hostCheck } from './methods/host-check.ts'
import { hostCollect } from './methods/host-collect.ts'
import { hostCommonCpu } from './methods/host-common-cpu.ts'
import { hostConfigure } from './methods/host-configure.ts'
import { hostFactsAnswer } from './methods/host-facts.ts'
import { hostFence } from './methods/host-fence.ts'
import { hostGuard } from './methods/host-guard.ts'
import { hostReconnect } from './methods/host-reconnect.ts'
import { hostRemove } from './methods/host-remove.ts'
import { hostRepair } from './methods/host-repair.ts'
import { journalAcknowledge } from './methods/journal-acknowledge.ts'
import { networkApply } from './methods/network-apply.ts'
import { networkPeers } from './methods/network-peers.ts'
import { networkProbe } from './methods/network-probe.ts'
import { networkVerify } from './methods/network-verify.ts'
import { poolAttach } from './methods/pool-attach.ts'
import { poolDetach } from './methods/pool-detach.ts'
import { poolList } from './methods/pool-list.ts'
import { poolStats } from './methods/pool-stats.ts'
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

/** Every server-to-agent method but `job.poll`, which the executor answers. The type demands each one, with its probe. */
export const hostMethods: Omit<HostMethods, 'job.poll'> = {
  'host.check': hostCheck,
  'host.common-cpu': hostCommonCpu,
  'host.collect': hostCollect,
  'host.configure': hostConfigure,
  'host.facts': hostFactsAnswer,
  'host.fence': hostFence,
  'host.guard': hostGuard,
  'host.reconnect': hostReconnect,
  'host.remove': hostRemove,
  'host.repair': hostRepair,
  'journal.acknowledge': journalAcknowledge,
  'network.apply': networkApply,
  'network.peers': networkPeers,
  'network.probe': networkProbe,
  'network.verify': networkVerify,
  'pool.attach': poolAttach,
  'pool.detach': poolDetach,
  'pool.list': poolList,
  'pool.stats': poolStats,
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
}
