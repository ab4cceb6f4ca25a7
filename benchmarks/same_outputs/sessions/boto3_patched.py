"""A script of boto3 against a simulation, patched and not."""

import json
import time

import boto3
from botocore.exceptions import ClientError, ParamValidationError

import efssim
from efssim.aws import patched

world = efssim.Simulation(efssim.load("scenarios/failover.yaml"))
world.advance("1 h")
source = world.file_system_id("primary")


def show(answer: object) -> None:
    """Print an answer, with metadata and headers."""
    print(json.dumps(answer, indent=1, default=str))


efs = world.client("efs", region_name="us-east-1")
show(efs.describe_file_systems())
show(efs.describe_replication_configurations(FileSystemId=source))
world.apply({"api_error": "DescribeFileSystems", "code": "InternalServerError", "times": 2})
show(efs.describe_file_systems(FileSystemId=source)["ResponseMetadata"])
CALLS: list[tuple[str, dict[str, object]]] = [
    ("describe_file_systems", {"FileSystemId": "fs-0123456789abcdef0"}),
    ("create_access_point", {"FileSystemId": source}),
    ("delete_file_system", {"FileSystemId": source}),
    ("describe_file_systems", {"FileSystem": source}),
    ("describe_file_systems", {"MaxItems": 0}),
]
for operation, given in CALLS:
    try:
        show(getattr(efs, operation)(**given))
    except (ClientError, ParamValidationError) as error:
        print(type(error).__name__, error)
        show(getattr(error, "response", None))
with patched(world):
    began_s = time.time()
    client = boto3.client("efs", region_name="us-west-2")
    made = client.create_file_system(CreationToken="new-primary", Encrypted=True)
    show(made)
    name = made["FileSystemId"]
    while made["LifeCycleState"] != "available":
        time.sleep(5)
        (made,) = client.describe_file_systems(FileSystemId=name)["FileSystems"]
    show(made)
    metrics = boto3.client("cloudwatch", region_name="us-east-1")
    show(metrics.list_metrics(Namespace="AWS/EFS"))
    try:
        boto3.client("s3", region_name="us-east-1").list_buckets()
    except Exception as error:
        print(type(error).__name__, error)
    print(time.time() - began_s, time.strftime("%H:%M:%S", time.gmtime()))
