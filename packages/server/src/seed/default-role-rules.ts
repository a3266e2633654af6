/** Commands that each default role allows; Root Admin's one rule is `*`. Rules may name commands of later versions. */
export const defaultRoleRules = {
  ResourceAdmin:
    'activateProject addAccountToProject addHost addIpToNic addLdapConfiguration addNicToVirtualMachine ' +
    'addVpnUser archiveEvents assignCertToLoadBalancer assignToGlobalLoadBalancerRule assignToLoadBalancerRule ' +
    'assignVirtualMachine associateIpAddress associateLun attachIso attachVolume authorizeSamlSso ' +
    'authorizeSecurityGroupEgress authorizeSecurityGroupIngress changeServiceForRouter ' +
    'changeServiceForVirtualMachine configureInternalLoadBalancerElement configureOvsElement ' +
    'configureVirtualRouterElement copyIso copyTemplate createAccount createAffinityGroup createAutoScalePolicy ' +
    'createAutoScaleVmGroup createAutoScaleVmProfile createCondition createDiskOffering createEgressFirewallRule ' +
    'createFirewallRule createGlobalLoadBalancerRule createInstanceGroup createInternalLoadBalancerElement ' +
    'createIpForwardingRule createLBHealthCheckPolicy createLBStickinessPolicy createLoadBalancer ' +
    'createLoadBalancerRule createLunOnFiler createNetwork createNetworkACL createNetworkACLList createOvsElement ' +
    'createPool createPortForwardingRule createProject createRemoteAccessVpn createSSHKeyPair createSecurityGroup ' +
    'createServiceOffering createSnapshot createSnapshotPolicy createStaticRoute createTags createTemplate ' +
    'createUser createVMSnapshot createVPC createVirtualRouterElement createVolume createVolumeOnFiler ' +
    'createVpnConnection createVpnCustomerGateway createVpnGateway deleteAccount deleteAccountFromProject ' +
    'deleteAffinityGroup deleteAutoScalePolicy deleteAutoScaleVmGroup deleteAutoScaleVmProfile deleteCondition ' +
    'deleteDiskOffering deleteEgressFirewallRule deleteEvents deleteFirewallRule deleteGlobalLoadBalancerRule ' +
    'deleteHost deleteInstanceGroup deleteIpForwardingRule deleteIso deleteLBHealthCheckPolicy ' +
    'deleteLBStickinessPolicy deleteLdapConfiguration deleteLoadBalancer deleteLoadBalancerRule deleteNetwork ' +
    'deleteNetworkACL deleteNetworkACLList deletePool deletePortForwardingRule deleteProject ' +
    'deleteProjectInvitation deleteRemoteAccessVpn deleteSSHKeyPair deleteSecurityGroup deleteServiceOffering ' +
    'deleteSnapshot deleteSnapshotPolicies deleteSslCert deleteStaticRoute deleteTags deleteTemplate deleteUser ' +
    'deleteVMSnapshot deleteVPC deleteVolume deleteVpnConnection deleteVpnCustomerGateway deleteVpnGateway ' +
    'deployVirtualMachine destroyLunOnFiler destroyRouter destroyVirtualMachine destroyVolumeOnFiler detachIso ' +
    'detachVolume disableAccount disableAutoScaleVmGroup disableStaticNat disableUser disassociateIpAddress ' +
    'dissociateLun enableAccount enableAutoScaleVmGroup enableStaticNat enableUser expungeVirtualMachine ' +
    'extractIso extractTemplate extractVolume getApiLimit getCloudIdentifier getSolidFireAccountId ' +
    'getSolidFireVolumeAccessGroupId getSolidFireVolumeIscsiName getSolidFireVolumeSize ' +
    'getUploadParamsForTemplate getUploadParamsForVolume getVMPassword getVirtualMachineUserData importLdapUsers ' +
    'ldapCreateAccount linkDomainToLdap listAccounts listAffinityGroupTypes listAffinityGroups listAlerts ' +
    'listApis listAsyncJobs listAutoScalePolicies listAutoScaleVmGroups listAutoScaleVmProfiles listCapabilities ' +
    'listCapacity listClusters listConditions listCounters listDiskOfferings listDomainChildren listDomains ' +
    'listEgressFirewallRules listEventTypes listEvents listFirewallRules listGlobalLoadBalancerRules listHostTags ' +
    'listHosts listHypervisors listInstanceGroups listInternalLoadBalancerElements listIpForwardingRules ' +
    'listIsoPermissions listIsos listLBHealthCheckPolicies listLBStickinessPolicies listLdapConfigurations ' +
    'listLdapUsers listLoadBalancerRuleInstances listLoadBalancerRules listLoadBalancers listLunsOnFiler ' +
    'listNetworkACLLists listNetworkACLs listNetworkOfferings listNetworks listNics listOsCategories listOsTypes ' +
    'listOvsElements listPods listPools listPortForwardingRules listPrivateGateways listProjectAccounts ' +
    'listProjectInvitations listProjects listPublicIpAddresses listRegions listRemoteAccessVpns ' +
    'listResourceDetails listResourceLimits listRouters listSSHKeyPairs listSamlAuthorization listSecurityGroups ' +
    'listServiceOfferings listSnapshotPolicies listSnapshots listSslCerts listStaticRoutes listStoragePools ' +
    'listStorageProviders listStorageTags listSystemVms listTags listTemplatePermissions listTemplates ' +
    'listUsageRecords listUsers listVMSnapshot listVPCOfferings listVPCs listVirtualMachines ' +
    'listVirtualRouterElements listVolumes listVolumesOnFiler listVpnConnections listVpnCustomerGateways ' +
    'listVpnGateways listVpnUsers listZones lockAccount lockUser migrateVolume modifyPool queryAsyncJobResult ' +
    'quotaBalance quotaIsEnabled quotaStatement quotaSummary quotaTariffList rebootRouter rebootVirtualMachine ' +
    'recoverVirtualMachine registerIso registerSSHKeyPair registerTemplate registerUserKeys ' +
    'removeCertFromLoadBalancer removeFromGlobalLoadBalancerRule removeFromLoadBalancerRule removeIpFromNic ' +
    'removeNicFromVirtualMachine removeVpnUser replaceNetworkACLList resetPasswordForVirtualMachine ' +
    'resetSSHKeyForVirtualMachine resetVpnConnection resizeVolume restartNetwork restartVPC restoreVirtualMachine ' +
    'revertSnapshot revertToVMSnapshot revokeSecurityGroupEgress revokeSecurityGroupIngress scaleVirtualMachine ' +
    'startRouter startVirtualMachine stopRouter stopVirtualMachine suspendProject updateAccount ' +
    'updateAutoScalePolicy updateAutoScaleVmGroup updateAutoScaleVmProfile updateDefaultNicForVirtualMachine ' +
    'updateDiskOffering updateEgressFirewallRule updateFirewallRule updateGlobalLoadBalancerRule ' +
    'updateInstanceGroup updateIpAddress updateIso updateIsoPermissions updateLBHealthCheckPolicy ' +
    'updateLBStickinessPolicy updateLoadBalancer updateLoadBalancerRule updateNetwork updateNetworkACLItem ' +
    'updateNetworkACLList updatePortForwardingRule updateProject updateProjectInvitation updateRemoteAccessVpn ' +
    'updateResourceCount updateResourceLimit updateServiceOffering updateSnapshotPolicy updateTemplate ' +
    'updateTemplatePermissions updateUser updateVMAffinityGroup updateVPC updateVirtualMachine updateVmNicIp ' +
    'updateVpnConnection updateVpnCustomerGateway updateVpnGateway uploadSslCert uploadVolume',
  DomainAdmin:
    'activateProject addAccountToProject addIpToNic addNicToVirtualMachine addVpnUser archiveEvents ' +
    'assignCertToLoadBalancer assignToGlobalLoadBalancerRule assignToLoadBalancerRule assignVirtualMachine ' +
    'associateIpAddress associateLun attachIso attachVolume authorizeSamlSso authorizeSecurityGroupEgress ' +
    'authorizeSecurityGroupIngress changeServiceForRouter changeServiceForVirtualMachine ' +
    'configureInternalLoadBalancerElement configureOvsElement configureVirtualRouterElement copyIso copyTemplate ' +
    'createAccount createAffinityGroup createAutoScalePolicy createAutoScaleVmGroup createAutoScaleVmProfile ' +
    'createCondition createDiskOffering createEgressFirewallRule createFirewallRule createGlobalLoadBalancerRule ' +
    'createInstanceGroup createInternalLoadBalancerElement createIpForwardingRule createLBHealthCheckPolicy ' +
    'createLBStickinessPolicy createLoadBalancer createLoadBalancerRule createLunOnFiler createNetwork ' +
    'createNetworkACL createNetworkACLList createOvsElement createPool createPortForwardingRule createProject ' +
    'createRemoteAccessVpn createSSHKeyPair createSecurityGroup createServiceOffering createSnapshot ' +
    'createSnapshotPolicy createStaticRoute createTags createTemplate createUser createVMSnapshot createVPC ' +
    'createVirtualRouterElement createVolume createVolumeOnFiler createVpnConnection createVpnCustomerGateway ' +
    'createVpnGateway deleteAccount deleteAccountFromProject deleteAffinityGroup deleteAutoScalePolicy ' +
    'deleteAutoScaleVmGroup deleteAutoScaleVmProfile deleteCondition deleteDiskOffering deleteEgressFirewallRule ' +
    'deleteEvents deleteFirewallRule deleteGlobalLoadBalancerRule deleteInstanceGroup deleteIpForwardingRule ' +
    'deleteIso deleteLBHealthCheckPolicy deleteLBStickinessPolicy deleteLoadBalancer deleteLoadBalancerRule ' +
    'deleteNetwork deleteNetworkACL deleteNetworkACLList deletePool deletePortForwardingRule deleteProject ' +
    'deleteProjectInvitation deleteRemoteAccessVpn deleteSSHKeyPair deleteSecurityGroup deleteServiceOffering ' +
    'deleteSnapshot deleteSnapshotPolicies deleteSslCert deleteStaticRoute deleteTags deleteTemplate deleteUser ' +
    'deleteVMSnapshot deleteVPC deleteVolume deleteVpnConnection deleteVpnCustomerGateway deleteVpnGateway ' +
    'deployVirtualMachine destroyLunOnFiler destroyRouter destroyVirtualMachine destroyVolumeOnFiler detachIso ' +
    'detachVolume disableAccount disableAutoScaleVmGroup disableStaticNat disableUser disassociateIpAddress ' +
    'dissociateLun enableAccount enableAutoScaleVmGroup enableStaticNat enableUser expungeVirtualMachine ' +
    'extractIso extractTemplate extractVolume getApiLimit getCloudIdentifier getSolidFireAccountId ' +
    'getSolidFireVolumeAccessGroupId getSolidFireVolumeIscsiName getSolidFireVolumeSize ' +
    'getUploadParamsForTemplate getUploadParamsForVolume getVMPassword getVirtualMachineUserData listAccounts ' +
    'listAffinityGroupTypes listAffinityGroups listApis listAsyncJobs listAutoScalePolicies listAutoScaleVmGroups ' +
    'listAutoScaleVmProfiles listCapabilities listConditions listCounters listDiskOfferings listDomainChildren ' +
    'listDomains listEgressFirewallRules listEventTypes listEvents listFirewallRules listGlobalLoadBalancerRules ' +
    'listHostTags listHypervisors listInstanceGroups listInternalLoadBalancerElements listIpForwardingRules ' +
    'listIsoPermissions listIsos listLBHealthCheckPolicies listLBStickinessPolicies listLdapConfigurations ' +
    'listLoadBalancerRuleInstances listLoadBalancerRules listLoadBalancers listLunsOnFiler listNetworkACLLists ' +
    'listNetworkACLs listNetworkOfferings listNetworks listNics listOsCategories listOsTypes listOvsElements ' +
    'listPools listPortForwardingRules listPrivateGateways listProjectAccounts listProjectInvitations ' +
    'listProjects listPublicIpAddresses listRegions listRemoteAccessVpns listResourceDetails listResourceLimits ' +
    'listRouters listSSHKeyPairs listSamlAuthorization listSecurityGroups listServiceOfferings ' +
    'listSnapshotPolicies listSnapshots listSslCerts listStaticRoutes listStorageTags listTags ' +
    'listTemplatePermissions listTemplates listUsageRecords listUsers listVMSnapshot listVPCOfferings listVPCs ' +
    'listVirtualMachines listVirtualRouterElements listVolumes listVolumesOnFiler listVpnConnections ' +
    'listVpnCustomerGateways listVpnGateways listVpnUsers listZones lockAccount lockUser migrateVolume modifyPool ' +
    'queryAsyncJobResult quotaBalance quotaIsEnabled quotaStatement quotaSummary quotaTariffList rebootRouter ' +
    'rebootVirtualMachine recoverVirtualMachine registerIso registerSSHKeyPair registerTemplate registerUserKeys ' +
    'removeCertFromLoadBalancer removeFromGlobalLoadBalancerRule removeFromLoadBalancerRule removeIpFromNic ' +
    'removeNicFromVirtualMachine removeVpnUser replaceNetworkACLList resetPasswordForVirtualMachine ' +
    'resetSSHKeyForVirtualMachine resetVpnConnection resizeVolume restartNetwork restartVPC restoreVirtualMachine ' +
    'revertSnapshot revertToVMSnapshot revokeSecurityGroupEgress revokeSecurityGroupIngress scaleVirtualMachine ' +
    'startRouter startVirtualMachine stopRouter stopVirtualMachine suspendProject updateAccount ' +
    'updateAutoScalePolicy updateAutoScaleVmGroup updateAutoScaleVmProfile updateDefaultNicForVirtualMachine ' +
    'updateDiskOffering updateEgressFirewallRule updateFirewallRule updateGlobalLoadBalancerRule ' +
    'updateInstanceGroup updateIpAddress updateIso updateIsoPermissions updateLBHealthCheckPolicy ' +
    'updateLBStickinessPolicy updateLoadBalancer updateLoadBalancerRule updateNetwork updateNetworkACLItem ' +
    'updateNetworkACLList updatePortForwardingRule updateProject updateProjectInvitation updateRemoteAccessVpn ' +
    'updateResourceCount updateResourceLimit updateServiceOffering updateSnapshotPolicy updateTemplate ' +
    'updateTemplatePermissions updateUser updateVMAffinityGroup updateVPC updateVirtualMachine updateVmNicIp ' +
    'updateVpnConnection updateVpnCustomerGateway updateVpnGateway uploadSslCert uploadVolume',
  User:
    'activateProject addAccountToProject addIpToNic addNicToVirtualMachine addVpnUser archiveEvents ' +
    'assignCertToLoadBalancer assignToGlobalLoadBalancerRule assignToLoadBalancerRule associateIpAddress ' +
    'associateLun attachIso attachVolume authorizeSecurityGroupEgress authorizeSecurityGroupIngress ' +
    'changeServiceForVirtualMachine copyIso copyTemplate createAffinityGroup createAutoScalePolicy ' +
    'createAutoScaleVmGroup createAutoScaleVmProfile createCondition createEgressFirewallRule createFirewallRule ' +
    'createGlobalLoadBalancerRule createInstanceGroup createIpForwardingRule createLBHealthCheckPolicy ' +
    'createLBStickinessPolicy createLoadBalancer createLoadBalancerRule createLunOnFiler createNetwork ' +
    'createNetworkACL createNetworkACLList createPool createPortForwardingRule createProject ' +
    'createRemoteAccessVpn createSSHKeyPair createSecurityGroup createSnapshot createSnapshotPolicy ' +
    'createStaticRoute createTags createTemplate createVMSnapshot createVPC createVolume createVolumeOnFiler ' +
    'createVpnConnection createVpnCustomerGateway createVpnGateway deleteAccountFromProject deleteAffinityGroup ' +
    'deleteAutoScalePolicy deleteAutoScaleVmGroup deleteAutoScaleVmProfile deleteCondition ' +
    'deleteEgressFirewallRule deleteEvents deleteFirewallRule deleteGlobalLoadBalancerRule deleteInstanceGroup ' +
    'deleteIpForwardingRule deleteIso deleteLBHealthCheckPolicy deleteLBStickinessPolicy deleteLoadBalancer ' +
    'deleteLoadBalancerRule deleteNetwork deleteNetworkACL deleteNetworkACLList deletePool ' +
    'deletePortForwardingRule deleteProject deleteProjectInvitation deleteRemoteAccessVpn deleteSSHKeyPair ' +
    'deleteSecurityGroup deleteSnapshot deleteSnapshotPolicies deleteSslCert deleteStaticRoute deleteTags ' +
    'deleteTemplate deleteVMSnapshot deleteVPC deleteVolume deleteVpnConnection deleteVpnCustomerGateway ' +
    'deleteVpnGateway deployVirtualMachine destroyLunOnFiler destroyVirtualMachine destroyVolumeOnFiler detachIso ' +
    'detachVolume disableAutoScaleVmGroup disableStaticNat disassociateIpAddress dissociateLun ' +
    'enableAutoScaleVmGroup enableStaticNat expungeVirtualMachine extractIso extractTemplate extractVolume ' +
    'getApiLimit getCloudIdentifier getSolidFireAccountId getSolidFireVolumeAccessGroupId ' +
    'getSolidFireVolumeIscsiName getSolidFireVolumeSize getUploadParamsForTemplate getUploadParamsForVolume ' +
    'getVMPassword getVirtualMachineUserData listAccounts listAffinityGroupTypes listAffinityGroups listApis ' +
    'listAsyncJobs listAutoScalePolicies listAutoScaleVmGroups listAutoScaleVmProfiles listCapabilities ' +
    'listConditions listCounters listDiskOfferings listEgressFirewallRules listEventTypes listEvents ' +
    'listFirewallRules listGlobalLoadBalancerRules listHypervisors listInstanceGroups listIpForwardingRules ' +
    'listIsoPermissions listIsos listLBHealthCheckPolicies listLBStickinessPolicies listLdapConfigurations ' +
    'listLoadBalancerRuleInstances listLoadBalancerRules listLoadBalancers listLunsOnFiler listNetworkACLLists ' +
    'listNetworkACLs listNetworkOfferings listNetworks listNics listOsCategories listOsTypes listPools ' +
    'listPortForwardingRules listPrivateGateways listProjectAccounts listProjectInvitations listProjects ' +
    'listPublicIpAddresses listRegions listRemoteAccessVpns listResourceDetails listResourceLimits ' +
    'listSSHKeyPairs listSecurityGroups listServiceOfferings listSnapshotPolicies listSnapshots listSslCerts ' +
    'listStaticRoutes listTags listTemplatePermissions listTemplates listUsers listVMSnapshot listVPCOfferings ' +
    'listVPCs listVirtualMachines listVolumes listVolumesOnFiler listVpnConnections listVpnCustomerGateways ' +
    'listVpnGateways listVpnUsers listZones migrateVolume modifyPool queryAsyncJobResult quotaBalance ' +
    'quotaIsEnabled quotaStatement quotaSummary quotaTariffList rebootVirtualMachine recoverVirtualMachine ' +
    'registerIso registerSSHKeyPair registerTemplate registerUserKeys removeCertFromLoadBalancer ' +
    'removeFromGlobalLoadBalancerRule removeFromLoadBalancerRule removeIpFromNic removeNicFromVirtualMachine ' +
    'removeVpnUser replaceNetworkACLList resetPasswordForVirtualMachine resetSSHKeyForVirtualMachine ' +
    'resetVpnConnection resizeVolume restartNetwork restartVPC restoreVirtualMachine revertSnapshot ' +
    'revertToVMSnapshot revokeSecurityGroupEgress revokeSecurityGroupIngress scaleVirtualMachine ' +
    'startVirtualMachine stopVirtualMachine suspendProject updateAutoScalePolicy updateAutoScaleVmGroup ' +
    'updateAutoScaleVmProfile updateDefaultNicForVirtualMachine updateEgressFirewallRule updateFirewallRule ' +
    'updateGlobalLoadBalancerRule updateInstanceGroup updateIpAddress updateIso updateIsoPermissions ' +
    'updateLBHealthCheckPolicy updateLBStickinessPolicy updateLoadBalancer updateLoadBalancerRule updateNetwork ' +
    'updateNetworkACLItem updateNetworkACLList updatePortForwardingRule updateProject updateProjectInvitation ' +
    'updateRemoteAccessVpn updateSnapshotPolicy updateTemplate updateTemplatePermissions updateUser ' +
    'updateVMAffinityGroup updateVPC updateVirtualMachine updateVmNicIp updateVpnConnection ' +
    'updateVpnCustomerGateway updateVpnGateway uploadSslCert uploadVolume',
} as const satisfies Readonly<Record<string, string>>
