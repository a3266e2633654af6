"""The life of one virtual machine through the `cs` client as it is; prints one JSON object of what it saw."""

import json
import os
import sys
from datetime import timedelta

from cs import CloudStack, CloudStackApiException, read_config

method = sys.argv[1]
offering, template, zone = sys.argv[2:5]
cs = CloudStack(
    endpoint=os.environ["CLOUDSTACK_ENDPOINT"],
    key=os.environ["CLOUDSTACK_KEY"],
    secret=os.environ["CLOUDSTACK_SECRET"],
    method=method,
    poll_interval=0.2,
)


def refusal(call, **kwargs):
    try:
        call(**kwargs)
    except CloudStackApiException as error:
        return {"errorcode": error.error["errorcode"], "errortext": error.error["errortext"]}
    return None


seen = {"config": read_config()["endpoint"] == cs.endpoint}
seen["zones"] = [z["name"] for z in cs.listZones()["zone"]]
seen["hosts"] = sorted(h["name"] for h in cs.listHosts(type="Routing", fetch_list=True))
seen["networks"] = [n["name"] for n in cs.listNetworks(fetch_list=True)]
seen["no_accounts"] = cs.listAccounts(name="nobody", listall=True)
seen["odd_characters"] = cs.listZones(keyword="~ü* +&=%[]'()!")
seen["unknown_id"] = refusal(cs.listZones, id="nowhere")
seen["expired"] = refusal(cs.listZones, expires="2020-01-01T00:00:00+0000", signatureVersion="3")
# Without an expiry the client signs in the old form, without a version.
old = CloudStack(cs.endpoint, cs.key, cs.secret, method=method, expiration=timedelta(seconds=-1))
seen["without_version"] = old.listZones()["count"]
seen["wrong_secret"] = refusal(CloudStack(cs.endpoint, cs.key, "wrong", method=method).listZones)

size = {"serviceofferingid": offering, "templateid": template, "zoneid": zone}
deployed = cs.deployVirtualMachine(
    name="cs-%s" % method, displayname="By cs, ünï+code", details={"note": "a b"}, fetch_result=True, **size
)["virtualmachine"]
seen["deployed"] = deployed
seen["listed"] = cs.listVirtualMachines(id=deployed["id"])["virtualmachine"][0]
seen["stopped"] = cs.stopVirtualMachine(id=deployed["id"], fetch_result=True)["virtualmachine"]["state"]
seen["started"] = cs.startVirtualMachine(id=deployed["id"], fetch_result=True)["virtualmachine"]["state"]
seen["refused"] = refusal(cs.deployVirtualMachine, name="not a host name!", fetch_result=True, **size)
job = cs.destroyVirtualMachine(id=deployed["id"], expunge=True)
seen["jobid"] = "jobid" in job
seen["destroyed"] = cs._jobresult(job["jobid"])
seen["after"] = [refusal(cs.listVirtualMachines, id=deployed["id"]), cs.listVirtualMachines(name=deployed["name"])]
print(json.dumps(seen))
