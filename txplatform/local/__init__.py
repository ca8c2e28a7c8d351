"""An AWS on this machine: the services, the deployed data plane and the runtime that moves its events.

Only the command line, the demo and the tests import it; the platform itself never asks whether it runs locally.

Accepted without effect: IAM roles and all policies (any credentials may do anything), encryption and its keys, alarms
and their actions (metrics are stored, never evaluated), log groups and their retention, throttling and every quota of
rate, memory and reserved concurrency of functions, S3 life cycles and public access blocks, DynamoDB's time to live,
point-in-time recovery and capacity, access logs of the API and the metrics made of logs, bytes scanned and cut-offs of
workgroups. Messages in a dead-letter queue do not name the queue they come from.
"""
