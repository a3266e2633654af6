import { listCapabilities } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { cloudStackVersion } from '../version.ts'

export const handler = defineHandler(listCapabilities, {
  read: async ({ ctx, caller, entities }) => {
    const scope = { domainId: entities.domainid?.id ?? caller.domainId }
    const flag = (name: string): Promise<boolean> => ctx.config.flag(name, scope)
    const number = (name: string): Promise<number> => ctx.config.number(name, scope)
    const throttled = await flag('api.throttling.enabled')
    return {
      securitygroupsenabled: false,
      dynamicrolesenabled: true,
      cloudstackversion: cloudStackVersion,
      userpublictemplateenabled: await flag('allow.public.user.templates'),
      supportELB: 'false',
      projectinviterequired: await flag('project.invite.required'),
      allowusercreateprojects: await flag('allow.user.create.projects'),
      customdiskofferingminsize: await number('custom.diskoffering.size.min'),
      customdiskofferingmaxsize: await number('custom.diskoffering.size.max'),
      regionsecondaryenabled: false,
      ...(throttled
        ? { apilimitinterval: await number('api.throttling.interval'), apilimitmax: await number('api.throttling.max') }
        : {}),
      kvmsnapshotenabled: await flag('kvm.snapshot.enabled'),
      snapshotshowchainsize: await flag('snapshot.show.chain.size'),
      allowuserviewdestroyedvm: await flag('allow.user.view.destroyed.vm'),
      allowuserexpungerecovervm: await flag('allow.user.expunge.recover.vm'),
      allowuserexpungerecovervolume: await flag('allow.user.expunge.recover.volume'),
      allowuserviewalldomainaccounts: await flag('allow.user.view.all.domain.accounts'),
      allowuserforcestopvm: await flag('allow.user.force.stop.vm'),
      customhypervisordisplayname: await ctx.config.text('hypervisor.custom.display.name'),
      defaultuipagesize: await number('default.ui.page.size'),
      dynamicscalingenabled: await flag('enable.dynamic.scale.vm'),
      additionalconfigenabled: await flag('enable.additional.vm.configuration'),
    }
  },
})
