"""An AWS on this machine: the services, the deployed data plane and the runtime that moves its events.

Only the command line, the demo and the tests import it; the platform itself never asks whether it runs locally.
"""
