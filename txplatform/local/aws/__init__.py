"""The local AWS: one process in which moto answers, corrected where it is wrong, with an Athena service in front.

State lives in memory and ends with the process. Start it with `python -m txplatform.local.aws`.
"""
