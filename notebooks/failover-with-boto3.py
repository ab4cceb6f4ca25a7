# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # If I fail over by script, how long does it take, and what is lost?
#
# A failover of EFS is one call, `DeleteReplicationConfiguration`, and a wait: the destination can
# be written only once the configuration is gone. This notebook rehearses it with boto3, on the
# simulated clock: the same script would run against AWS. It measures the time to recovery (RTO)
# and the loss, then replicates back.

# %%
from pathlib import Path

import pandas as pd
from botocore.exceptions import ClientError

import efssim

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = efssim.load(scenarios / "failover.yaml", ["events=[]"])
world = efssim.Simulation(scenario, seed=1)
primary, standby = (world.file_system_id(name) for name in ("primary", "standby"))
east = world.client("efs", region_name="us-east-1")
west = world.client("efs", region_name="us-west-2")

# %% [markdown]
# ## The script
# Nothing below knows of a simulation, but for `sleep`, which lets simulated time pass.

# %%
sleep = world.advance


def configuration(client, file_system):
    """Return the replication configuration of a file system, None without one."""
    try:
        answer = client.describe_replication_configurations(FileSystemId=file_system)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ReplicationNotFound", "FileSystemNotFound"):
            return None
        raise
    return answer["Replications"][0]


def fail_over(client, source, destination):
    """Delete the configuration in the destination's Region and wait until it is gone there."""
    client.delete_replication_configuration(SourceFileSystemId=source)
    while configuration(client, destination) is not None:
        sleep(10)


# %% [markdown]
# ## A normal morning
# At six o'clock the replication is ENABLED, and its last sync is seconds old.

# %%
world.advance("6 h")
destination = configuration(west, standby)["Destinations"][0]
destination["Status"], str(world.now - destination["LastReplicatedTimestamp"])

# %% [markdown]
# ## The Region goes down
# The source's Region does not answer any more. Somebody notices after ten minutes and runs the
# script in the other Region.

# %%
world.apply({"region_outage": "us-east-1", "for": "5 h"})
down = world.now
try:
    # boto3 tries again, as it would at AWS; here it waits in simulated time.
    east.describe_replication_configurations(FileSystemId=primary)
except ClientError as error:
    answer = error.response["Error"]["Code"], error.response["ResponseMetadata"]["RetryAttempts"]
answer

# %%
sleep(600)
last_replicated = configuration(west, standby)["Destinations"][0]["LastReplicatedTimestamp"]
fail_over(west, primary, standby)
writable = world.now
protection = west.describe_file_systems(FileSystemId=standby)["FileSystems"][0][
    "FileSystemProtection"
]
lost = world.result().summary["replications"]["dr"]["pending_bytes"]["lost_at_deletion"]
pd.Series(
    {
        "Region down": down,
        "standby writable": writable,
        "recovery took": writable - down,
        "writes lost since": last_replicated,
        "MiB lost": round(lost / 2**20, 1),
        "protection of the standby": protection["ReplicationOverwriteProtection"],
    }
).to_frame("failover")

# %% [markdown]
# Ten minutes to decide, five to delete: the delete is the assumed `control.deleting` of 5 min. What
# is lost is what was written after the last cut, at most seconds before the outage, as nothing can
# be written to a Region that is down.
#
# ## Replicating back
# When the Region is back, the old primary is offered as a destination, and only what differs is
# sent.

# %%
world.advance("5 h")
east.update_file_system_protection(FileSystemId=primary, ReplicationOverwriteProtection="DISABLED")
west.create_replication_configuration(
    SourceFileSystemId=standby, Destinations=[{"FileSystemId": primary, "Region": "us-east-1"}]
)
began = world.now
while "LastReplicatedTimestamp" not in configuration(west, standby)["Destinations"][0]:
    sleep(60)
synced = world.now
fail_over(east, standby, primary)
back = world.now
pd.Series(
    {
        "replicating back began": began,
        "in sync after": synced - began,
        "primary writable after": back - synced,
    }
).to_frame("failback")

# %%
axes = world.result().plot("dr")

# %% [markdown]
# ## The answer
# **The standby is writable 15 minutes after the outage began, ten of them spent deciding, and less
# than two minutes of writes are lost; five minutes of deciding less would save five minutes and no
# data.** The next cell fails if that stops being true.

# %%
assert 14 * 60 < (writable - down).total_seconds() < 16 * 60
assert 0 < (down - last_replicated).total_seconds() < 120
assert protection["ReplicationOverwriteProtection"] == "ENABLED"
assert 0 < (synced - began).total_seconds() < 1800
assert 4 * 60 < (back - synced).total_seconds() < 6 * 60
