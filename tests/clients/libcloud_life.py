"""List, deploy and destroy a node through Apache Libcloud's CloudStack driver; prints one JSON object of what it saw."""

import json
import os
import sys

from libcloud.common.types import InvalidCredsError, ProviderError
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

host, port = sys.argv[1:3]
Driver = get_driver(Provider.CLOUDSTACK)


def connect(secret):
    return Driver(
        key=os.environ["CLOUDSTACK_KEY"],
        secret=secret,
        secure=False,
        host=host,
        port=int(port),
        path="/client/api",
    )


driver = connect(os.environ["CLOUDSTACK_SECRET"])
driver.connection.poll_interval = 0.2
seen = {}
locations = driver.list_locations()
sizes = driver.list_sizes()
images = driver.list_images(location=locations[0])
networks = driver.ex_list_networks()
seen["locations"] = [location.name for location in locations]
seen["sizes"] = [size.name for size in sizes]
seen["images"] = [[image.name, image.extra["format"], image.extra["hypervisor"]] for image in images]
seen["networks"] = [network.name for network in networks]
seen["disk_offerings"] = [offering.name for offering in driver.ex_list_disk_offerings()]
seen["key_pairs"] = driver.list_key_pairs()
seen["security_groups"] = [group["name"] for group in driver.ex_list_security_groups()]
seen["affinity_groups"] = driver.ex_list_affinity_groups()
seen["projects"] = driver.ex_list_projects()
seen["public_ips"] = driver.ex_list_public_ips()
seen["before"] = [node.name for node in driver.list_nodes()]

size = [one for one in sizes if one.name == "Small Test"][0]
node = driver.create_node(
    name="libcloud1", size=size, image=images[0], location=locations[0], networks=networks, ex_start_vm=None
)
seen["created"] = {
    "id": node.id,
    "name": node.name,
    "running": node.state == NodeState.RUNNING,
    "private_ips": node.private_ips,
    "public_ips": node.public_ips,
    "zone": node.extra["zone_name"],
}
seen["listed"] = [[one.name, one.state == NodeState.RUNNING] for one in driver.list_nodes(location=locations[0])]
seen["volumes"] = [[volume.extra["volume_type"], volume.extra["instance_id"] == node.id] for volume in driver.list_volumes()]
seen["rebooted"] = driver.reboot_node(node)
seen["stopped"] = driver.ex_stop(node)
seen["started"] = driver.ex_start(node)
# Libcloud asks for a stopped machine by False.
asleep = driver.create_node(name="libcloud2", size=size, image=images[0], location=locations[0], ex_start_vm=False)
seen["asleep"] = asleep.state == NodeState.STOPPED
try:
    driver.create_node(name="not a host name!", size=size, image=images[0], location=locations[0])
except (ProviderError, Exception) as error:
    seen["refused"] = str(error)
seen["destroyed"] = [driver.destroy_node(node), driver.destroy_node(asleep, ex_expunge=True)]
seen["after"] = sorted(one.name for one in driver.list_nodes() if one.state == NodeState.RUNNING)
try:
    connect("wrong").list_locations()
except InvalidCredsError:
    seen["wrong_secret"] = "InvalidCredsError"
print(json.dumps(seen))
