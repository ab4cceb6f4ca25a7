"""The EFS API through a port, by steps, and what the server says meanwhile."""

import http.client
import re
import signal
import subprocess
import sys

SERVE = [sys.executable, "-m", "efssim", "serve", "valid.yaml", "--port", "0", "--step"]
REQUESTS = [
    ("GET", "/_efssim/now", None),
    ("GET", "/2015-02-01/file-systems", None),
    ("POST", "/_efssim/advance", '{"duration": "10 min"}'),
    ("GET", "/2015-02-01/file-systems/replication-configurations", None),
    ("POST", "/2015-02-01/file-systems", '{"CreationToken": "x", "Encrypted": true}'),
    ("POST", "/2015-02-01/file-systems", '{"CreationToken": "x"}'),
    ("POST", "/2015-02-01/file-systems", "nothing"),
    ("GET", "/2015-02-01/nothing", None),
    ("POST", "/_efssim/apply", '{"opt_out": "us-west-2", "for": "6 h"}'),
    ("POST", "/_efssim/apply", '{"opt_outt": "us-west-2"}'),
    ("POST", "/_efssim/advance", '{"duration": "1 parsec"}'),
    ("POST", "/_efssim/advance", '{"duration": "1 h"}'),
    ("GET", "/_efssim/summary", None),
    ("DELETE", "/_efssim/summary", None),
]

served = subprocess.Popen(SERVE, stderr=subprocess.PIPE, text=True)
assert served.stderr is not None
first = served.stderr.readline()
found = re.search(r":(\d+)", first)
assert found, first
print(first.replace(found[1], "PORT"))
for method, path, body in REQUESTS:
    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
    connection.request(method, path, body)
    answer = connection.getresponse()
    headers = [line for line in answer.getheaders() if line[0] != "Date"]
    print(method, path, answer.status, headers, answer.read().decode())
    connection.close()
    print(served.stderr.readline())  # one line for each request, written after its answer
served.send_signal(signal.SIGTERM)
print(served.stderr.read(), served.wait())
