"""Fills moto, and then makes it check who asks.

moto_steps.py ADDRESS fill           the secrets that the tests expect
moto_steps.py ADDRESS lock           from now on only known credentials may do anything
"""

import sys
import urllib.request

import boto3

address, step = sys.argv[1:]

if step == "fill":
    store = boto3.client("secretsmanager", endpoint_url=address)
    store.create_secret(Name="make/foreign", SecretString='{"theirs":"t","nested":{"n":1.10}}')
    store.create_secret(Name="make/plain", SecretString="hunter2 is no object")
else:
    kind = {"content-type": "text/plain"}
    request = urllib.request.Request(f"{address}/moto-api/reset-auth", b"0", kind, method="POST")
    urllib.request.urlopen(request, timeout=10).read()
